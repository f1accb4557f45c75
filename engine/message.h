// A message of bounded length, written piece by piece: message.write("input ", 3, " of ", name).
#pragma once
#include "kernel.h"

namespace rappel {

class Message {
 public:
  const char* text() const { return text_; }
  bool empty() const { return length_ == 0; }
  void clear() {
    length_ = 0;
    text_[0] = 0;
  }

  template <class... Pieces>
  void write(Pieces... pieces) {
    (append(pieces), ...);
  }

 private:
  static constexpr int kCapacity = 512;

  void put(char character) {
    if (length_ + 1 >= kCapacity) return;
    text_[length_++] = character;
    text_[length_] = 0;
  }
  // Never inlined: messages are many, and rarely written.
  __attribute__((noinline)) void append(const char* text) {
    while (*text) put(*text++);
  }
  __attribute__((noinline)) void append(long long number) {
    char digits[20];
    int count = 0;
    unsigned long long rest = static_cast<unsigned long long>(number);
    if (number < 0) rest = 0 - rest;
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (number < 0) put('-');
    while (count > 0) put(digits[--count]);
  }
  void append(int number) { append(static_cast<long long>(number)); }
  void append(long number) { append(static_cast<long long>(number)); }
  void append(size_type number) { append(static_cast<long long>(number)); }

  int length_ = 0;
  char text_[kCapacity] = {0};
};

}  // namespace rappel
