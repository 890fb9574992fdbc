#include "millet/model/stored_tensor.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "millet/core/error.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;
using io::SafetensorsDtype;

// FP8 codes that count up and factors that differ, of DeepSeek-V3's kv_a_proj_with_mqa: 576 rows are four blocks and a
// half.
static constexpr int64_t kRows = 576, kColumns = 200;

static uint8_t code(int64_t i) {
  const auto c = static_cast<uint8_t>(i % 251);
  return c == 0x7F || c == 0xFF ? 0 : c;  // no NaN
}

static float factor(int64_t row_block, int64_t column_block) {
  return 0.001F * static_cast<float>(1 + 7 * row_block + column_block);
}

static void write(const std::filesystem::path& file, std::vector<int64_t> factors) {
  std::vector<io::SafetensorsSpec> specs{{"w", SafetensorsDtype::F8_E4M3, {kRows, kColumns}}};
  if (!factors.empty()) specs.insert(specs.begin(), {"w_scale_inv", SafetensorsDtype::F32, factors});
  io::SafetensorsWriter writer(file, specs);
  if (!factors.empty()) {
    std::vector<float> values;
    for (int64_t r = 0; r < factors[0]; ++r) {
      for (int64_t c = 0; c < factors[1]; ++c) values.push_back(factor(r, c));
    }
    writer.write("w_scale_inv", values);
  }
  std::vector<std::byte> codes;
  for (int64_t i = 0; i < kRows * kColumns; ++i) codes.push_back(std::byte{code(i)});
  writer.write("w", codes);
  writer.finish();
}

// By arithmetic of its own: sign, 2^(e − 7) and eighths.
static double e4m3(uint8_t c) {
  const int e = c >> 3 & 15, fraction = c & 7;
  const double size = e == 0 ? fraction / 8.0 * 0x1p-6 : (1 + fraction / 8.0) * std::ldexp(1, e - 7);
  return (c & 0x80) != 0 ? -size : size;
}

TEST_CASE("FP8 blocks are read exactly, the last of 64 rows and of 72 columns included, from any element on") {
  const Folder folder("fp8");
  write(folder / "model.safetensors", {5, 2});
  const auto tensors = io::SafetensorsDirectory::open((folder / "model.safetensors").parent_path());
  const model::StoredTensor tensor(tensors, "w", std::array{kRows, kColumns});
  std::vector<float> all(static_cast<size_t>(kRows * kColumns));
  tensor.read(0, all);
  for (int64_t i = 0; i < kRows * kColumns; ++i) {
    const auto want = static_cast<float>(e4m3(code(i))) * factor(i / kColumns / 128, i % kColumns / 128);
    if (all[static_cast<size_t>(i)] != want) FAIL(i, ": ", all[static_cast<size_t>(i)], " is not ", want);
  }
  for (const int64_t first : {0, 1, 127, 128, 199, 200, 25'000, 115'000}) {
    std::vector<float> part(200);
    tensor.read(first, part);
    CHECK(std::equal(part.begin(), part.end(), all.begin() + first));
  }
}

TEST_CASE("FP8 without its factors, or with others' shape, and types without numbers are refused by name") {
  const Folder folder("fp8-bad");
  const auto refused = [&](const char* message) {
    const auto tensors = io::SafetensorsDirectory::open((folder / "model.safetensors").parent_path());
    CHECK_THROWS_WITH_AS(model::StoredTensor(tensors, "w", std::array{kRows, kColumns}), doctest::Contains(message),
                         Error);
  };
  write(folder / "model.safetensors", {});
  refused("tensor 'w' is FP8, and there are no factors for its blocks ('w_scale_inv')");
  write(folder / "model.safetensors", {4, 2});
  refused("w_scale_inv");
  // Whole, or packed by twos: the type is named, not the shape.
  for (const int64_t columns : {kColumns, kColumns / 2}) {
    io::SafetensorsWriter writer(folder / "model.safetensors", {{"w", SafetensorsDtype::U8, {kRows, columns}}});
    writer.write("w", std::vector<std::byte>(static_cast<size_t>(kRows * columns)));
    writer.finish();
    refused("tensor 'w' is U8: weights can be read from");
  }
}
