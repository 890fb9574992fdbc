#include "millet/report/event_file.h"

#include <fmt/core.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>

#include "millet/io/crc32c.h"
#include "millet/io/disk.h"

namespace millet::report {

namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

template <class T>
void put_raw(std::string& out, T value) {  // little-endian, as every machine here is
  static_assert(std::endian::native == std::endian::little);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

// Fields of a message: number << 3 | wire type.
void put_int(std::string& out, int field, int64_t value) {
  put_varint(out, static_cast<uint64_t>(field) << 3);
  put_varint(out, static_cast<uint64_t>(value));
}
void put_double(std::string& out, int field, double value) {
  put_varint(out, static_cast<uint64_t>(field) << 3 | 1);
  put_raw(out, value);
}
void put_float(std::string& out, int field, float value) {
  put_varint(out, static_cast<uint64_t>(field) << 3 | 5);
  put_raw(out, value);
}
void put_bytes(std::string& out, int field, std::string_view value) {
  put_varint(out, static_cast<uint64_t>(field) << 3 | 2);
  put_varint(out, value.size());
  out += value;
}

uint32_t masked(std::string_view bytes) {
  const uint32_t crc = io::crc32c(std::as_bytes(std::span(bytes)));
  return (crc >> 15 | crc << 17) + 0xA282EAD8U;
}

std::string record(std::string_view message) {
  std::string length, out;
  put_raw(length, static_cast<uint64_t>(message.size()));
  out = length;
  put_raw(out, masked(length));
  out += message;
  put_raw(out, masked(message));
  return out;
}

std::string event(double wall_time, int64_t step) {
  std::string out;
  put_double(out, 1, wall_time);
  put_int(out, 2, step);
  return out;
}

double wall_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string version_event(double wall_time) {
  std::string message = event(wall_time, 0);
  put_bytes(message, 3, "brain.Event:2");
  return record(message);
}

std::string start_event(double wall_time, int64_t step) {
  std::string message = event(wall_time, step), log;
  put_int(log, 1, 1);  // SessionLog.START
  put_bytes(message, 7, log);
  return record(message);
}

std::string metrics_event(double wall_time, const MetricsRow& row) {
  std::string summary;
  for (const auto& [name, number] : row.values) {
    if (!std::isfinite(number)) continue;
    std::string value;
    put_bytes(value, 1, row.phase + "/" + name);
    put_float(value, 2, static_cast<float>(number));
    put_bytes(summary, 1, value);
  }
  std::string message = event(wall_time, row.step);
  put_bytes(message, 5, summary);
  return record(message);
}

void EventFile::append(const MetricsRow& row) {
  const double now = wall_now();
  std::string bytes;
  if (file_.empty()) {
    int before = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
      before += entry.path().filename().string().starts_with(kPrefix) ? 1 : 0;
    file_ = directory_ / fmt::format("{}{:010d}.millet.{}", kPrefix, static_cast<int64_t>(now), before);
    bytes = version_event(now);
    if (from_ && before > 0) bytes += start_event(now, *from_);
  }
  bytes += metrics_event(now, row);
  io::Disk& disk = io::Disk::real();
  const int out = disk.open_to_append(file_);
  disk.write(out, std::as_bytes(std::span(bytes)), file_);
  disk.close(out, file_);
}

}  // namespace millet::report
