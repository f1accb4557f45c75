// Reading the arguments of a call from JavaScript, and answering it. Every reader returns false after it has thrown.
#pragma once
#include <node_api.h>
#include <stdio.h>

#include "../message.h"

namespace rappel {

constexpr double kMaxSafeInteger = 9007199254740991.0;

inline void throwError(napi_env env, const char* code, const char* message) { napi_throw_error(env, code, message); }

struct TypedArray {
  char* data;
  size_type bytes;
  size_type length;
  napi_typedarray_type type;
};

class Arguments {
 public:
  static constexpr size_t kMost = 4;

  Arguments(napi_env env, napi_callback_info info, const char* function, size_t expected) : env_(env), function_(function), expected_(expected) {
    size_t count = kMost;
    napi_get_cb_info(env, info, &count, values_, nullptr, &data_);
    count_ = count;
  }

  void* data() const { return data_; }

  bool complete() {
    if (count_ >= expected_) return true;
    char text[160];
    snprintf(text, sizeof text, "%s takes %zu arguments, %zu were given", function_, expected_, count_);
    napi_throw_type_error(env_, "RAPPEL_ARGUMENT", text);
    return false;
  }

  bool integer(size_t index, const char* name, double low, double high, double& value) {
    if (napi_get_value_double(env_, values_[index], &value) == napi_ok && value >= low && value <= high &&
        value == static_cast<double>(static_cast<long long>(value))) {
      return true;
    }
    char text[200];
    snprintf(text, sizeof text, "%s: %s must be an integer from %.0f to %.0f", function_, name, low, high);
    napi_throw_range_error(env_, "RAPPEL_ARGUMENT", text);
    return false;
  }

  bool text(size_t index, const char* name, char* buffer, size_t capacity) {
    size_t length;
    if (napi_get_value_string_utf8(env_, values_[index], buffer, capacity, &length) == napi_ok) return true;
    return typeError(name, "a string");
  }

  bool typedArray(size_t index, const char* name, TypedArray& array) {
    bool is = false;
    if (napi_is_typedarray(env_, values_[index], &is) != napi_ok || !is) return typeError(name, "a typed array");
    void* data = nullptr;
    size_t length = 0;
    if (napi_get_typedarray_info(env_, values_[index], &array.type, &length, &data, nullptr, nullptr) != napi_ok) return typeError(name, "a typed array");
    array.data = static_cast<char*>(data);
    array.length = length;
    array.bytes = length * elementBytes(array.type);
    return true;
  }

  bool words(size_t index, const char* name, TypedArray& array) {
    if (!typedArray(index, name, array)) return false;
    return array.type == napi_int32_array || typeError(name, "an Int32Array");
  }

 private:
  static size_type elementBytes(napi_typedarray_type type) {
    switch (type) {
      case napi_int8_array:
      case napi_uint8_array:
      case napi_uint8_clamped_array: return 1;
      case napi_int16_array:
      case napi_uint16_array: return 2;
      case napi_int32_array:
      case napi_uint32_array:
      case napi_float32_array: return 4;
      default: return 8;
    }
  }

  bool typeError(const char* name, const char* expected) {
    char text[200];
    snprintf(text, sizeof text, "%s: %s must be %s", function_, name, expected);
    napi_throw_type_error(env_, "RAPPEL_ARGUMENT", text);
    return false;
  }

  napi_env env_;
  const char* function_;
  size_t expected_, count_ = 0;
  napi_value values_[kMost] = {};
  void* data_ = nullptr;
};

// ---- Answers -----------------------------------------------------------------------------------------------------------------------

inline napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

inline napi_value string(napi_env env, const char* text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

inline void setProperty(napi_env env, napi_value object, const char* name, napi_value value) { napi_set_named_property(env, object, name, value); }

}  // namespace rappel
