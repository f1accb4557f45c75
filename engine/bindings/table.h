// A table of objects under small integer handles. A handle is a slot and its generation: one that was released stays unknown until its
// slot has been used again two thousand times, and slots are reused in the order in which they became free.
#pragma once
#include "../platform.h"

namespace rappel {

template <class T>
class Table {
 public:
  ~Table() {
    if (slots_ != nullptr) platform::release(slots_, slotBytes(capacity_));
  }

  // A new handle, at least 1; 0 when there is no room.
  int add(T* object) {
    if (firstFree_ < 0 && !grow()) return 0;
    const int index = firstFree_;
    Slot& slot = slots_[index];
    firstFree_ = slot.nextFree;
    if (firstFree_ < 0) lastFree_ = -1;
    slot.object = object;
    live_++;
    return slot.generation << kSlotBits | index;
  }

  T* find(int handle) const {
    const int index = handle & (kMaxSlots - 1);
    if (handle <= 0 || index >= capacity_) return nullptr;
    const Slot& slot = slots_[index];
    return slot.generation == handle >> kSlotBits ? slot.object : nullptr;
  }

  // The object that was there; null for an unknown handle.
  T* remove(int handle) {
    T* object = find(handle);
    if (object == nullptr) return nullptr;
    const int index = handle & (kMaxSlots - 1);
    Slot& slot = slots_[index];
    slot.object = nullptr;
    slot.generation = slot.generation == kMaxGeneration ? 1 : slot.generation + 1;
    append(index);
    live_--;
    return object;
  }

  int live() const { return live_; }

  template <class Visit>
  void forEach(Visit visit) {
    for (int i = 0; i < capacity_; i++) {
      if (slots_[i].object != nullptr) visit(slots_[i].object);
    }
  }

 private:
  static constexpr int kSlotBits = 20, kMaxSlots = 1 << kSlotBits, kMaxGeneration = (1 << (31 - kSlotBits)) - 1;

  struct Slot {
    T* object;
    int generation, nextFree;
  };

  static size_type slotBytes(int capacity) { return static_cast<size_type>(capacity) * sizeof(Slot); }

  void append(int index) {
    slots_[index].nextFree = -1;
    if (lastFree_ >= 0) {
      slots_[lastFree_].nextFree = index;
    } else {
      firstFree_ = index;
    }
    lastFree_ = index;
  }

  bool grow() {
    const int capacity = capacity_ == 0 ? 64 : capacity_ * 2;
    if (capacity > kMaxSlots) return false;
    Slot* slots = static_cast<Slot*>(platform::allocate(slotBytes(capacity)));
    if (slots == nullptr) return false;
    if (slots_ != nullptr) {
      __builtin_memcpy(slots, slots_, slotBytes(capacity_));
      platform::release(slots_, slotBytes(capacity_));
    }
    slots_ = slots;
    for (int i = capacity_; i < capacity; i++) {
      slots_[i] = {nullptr, 1, -1};
      append(i);
    }
    capacity_ = capacity;
    return true;
  }

  Slot* slots_ = nullptr;
  int capacity_ = 0, live_ = 0, firstFree_ = -1, lastFree_ = -1;
};

}  // namespace rappel
