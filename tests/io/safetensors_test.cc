#include "millet/io/safetensors.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "fuzz/properties.h"
#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "tests/io/error_of.h"
#include "tests/io/failing_disk.h"
#include "tests/io/mutations.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(MILLET_SOURCE_DIR) / "tests/golden/safetensors";

// A file of that header and that many data bytes.
std::string file_of(std::string_view header, size_t data_bytes) {
  std::string out(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(out.data(), &length, 8);
  out += header;
  for (size_t i = 0; i < data_bytes; ++i) out += static_cast<char>(i);
  return out;
}

SafetensorsContents parse(const std::string& file) {
  return parse_safetensors(std::as_bytes(std::span(file)), "f");
}

std::string refusal(std::string_view header, size_t data_bytes) {
  return error_of([&] { parse(file_of(header, data_bytes)); });
}

std::string row(std::string_view name, std::string_view dtype, std::string_view shape, int64_t begin, int64_t end) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype, shape, begin, end);
}

std::string hex(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte b : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(b));
  return out;
}

void write_tensors(const fs::path& path, const std::vector<std::string>& names) {
  std::vector<SafetensorsSpec> specs;
  for (const std::string& name : names) specs.push_back({name, SafetensorsDtype::F32, {2}});
  SafetensorsWriter writer(path, specs);
  float first = 0;
  for (const std::string& name : names) {
    const std::vector<float> values = {first, first + 1};
    writer.write(name, std::span<const float>(values));
    first += 2;
  }
  writer.finish();
}

}  // namespace

TEST_CASE("a file by the safetensors package is read bit for bit, every dtype, names in UTF-8") {
  const SafetensorsFile file = SafetensorsFile::open(kGolden / "every_dtype.safetensors");
  const Json expected = read_json(kGolden / "expected.json");
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}, {"note", "größe"}});
  REQUIRE(file.entries().size() == expected.size());
  for (const auto& [name, row] : expected.members()) {
    CAPTURE(name);
    const SafetensorsEntry& entry = file.at(name);
    CHECK(name_of(entry.dtype) == row.at("dtype").as_string());
    CHECK(entry.shape == row.at("shape").as_ints());
    CHECK(hex(entry.bytes) == row.at("bytes").as_string());
    const Json* bits = row.find("f32_bits");
    if (bits == nullptr) {
      CHECK(error_of([&] { to_f32(entry); }).find("tensor '" + name + "' is " + row.at("dtype").as_string()) !=
            std::string::npos);
      continue;
    }
    const std::vector<float> values = to_f32(entry);
    const std::vector<double> doubles = to_f64(entry);
    REQUIRE(values.size() == bits->size());
    for (size_t i = 0; i < values.size(); ++i) {
      const auto expected_bits = static_cast<uint32_t>(bits->at(i).as_int());
      if (std::isnan(std::bit_cast<float>(expected_bits))) {  // of a NaN the payload is nobody's promise
        CHECK(std::isnan(values[i]));
        CHECK(std::isnan(doubles[i]));
      } else {
        CHECK(std::bit_cast<uint32_t>(values[i]) == expected_bits);
        CHECK(static_cast<float>(doubles[i]) == values[i]);
      }
    }
  }
}

TEST_CASE("what is written reads back, in the given order, in parts, from an aligned place") {
  const TemporaryDirectory dir;
  const std::vector<float> a = {1, -2, 3, 4, 5, 6};
  {
    SafetensorsWriter writer(dir / "f.safetensors", {{"b", SafetensorsDtype::F32, {2, 3}},
                                                     {"nothing", SafetensorsDtype::I64, {0}},
                                                     {"a", SafetensorsDtype::F32, {}},
                                                     {"u8", SafetensorsDtype::U8, {3}}});
    writer.write("b", std::span(a).first(2));
    writer.write("b", std::span(a).subspan(2));
    writer.write("a", std::span(a).first(1));
    writer.write("u8", std::as_bytes(std::span(a)).first(3));
    CHECK_FALSE(is_there(dir / "f.safetensors"));
    writer.finish();
  }
  const std::string bytes = read_file(dir / "f.safetensors");
  uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  CHECK(header % 8 == 0);
  CHECK(bytes.size() == 8 + header + 24 + 4 + 3);

  const SafetensorsFile file = SafetensorsFile::open(dir / "f.safetensors");
  CHECK(file.metadata().at("format") == "pt");
  REQUIRE(file.entries().size() == 4);
  CHECK(file.entries()[0].name == "b");
  CHECK(file.entries()[3].name == "u8");
  CHECK(to_f32(file.at("b")) == a);
  CHECK(to_f32(file.at("a")) == std::vector<float>{1});
  CHECK(file.at("nothing").elements() == 0);
}

TEST_CASE("the writer refuses what it was not told, and gives nothing a name before it is whole") {
  const TemporaryDirectory dir;
  const std::vector<float> three = {1, 2, 3};
  const auto refused = [&](auto use) {
    return error_of([&] {
      SafetensorsWriter writer(dir / "f", {{"a", SafetensorsDtype::F32, {2}}, {"b", SafetensorsDtype::F32, {1}}});
      use(writer);
    });
  };
  const std::string f = (dir / "f").string();
  CHECK(refused([&](auto& w) { w.write("a", std::span<const float>(three)); }) ==
        f + ": tensor 'a' gets 12 bytes, 8 are missing");
  CHECK(refused([&](auto& w) { w.write("b", std::span(three).first(1)); }) ==
        f + ": tensor 'a' comes before 'b', 8 bytes of it are missing");
  CHECK(refused([&](auto& w) {
          w.write("a", std::span(three).first(1));
          w.finish();
        }) == f + ": 4 bytes of tensor 'a' were not written");
  CHECK(refused([&](auto& w) {
          w.write("a", std::span(three).first(2));
          w.write("b", std::span(three).first(1));
          w.write("c", std::span(three).first(1));
        }) == f + ": all tensors are written, 'c' is one too many");
  const auto undeclared = [&](std::vector<SafetensorsSpec> specs) {
    return error_of([&] { SafetensorsWriter(dir / "f", std::move(specs)); });
  };
  CHECK(undeclared({{"a", SafetensorsDtype::U8, {1}}, {"a", SafetensorsDtype::U8, {1}}}).find("it is taken") !=
        std::string::npos);
  CHECK(undeclared({{"__metadata__", SafetensorsDtype::U8, {1}}}).find("cannot be named") != std::string::npos);
  CHECK(undeclared({{"a", SafetensorsDtype::U8, {1}}, {"b", SafetensorsDtype::F32, {1}}})
            .find("put wider elements first") != std::string::npos);
  CHECK(undeclared({{"a", SafetensorsDtype::U8, {-1}}}).find("cannot be [-1]") != std::string::npos);
  CHECK(list_directory(dir.path()).empty());
}

TEST_CASE("whichever call fails while writing, the old file stands or the new one does") {
  const TemporaryDirectory dir;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    write_tensors(dir / "f", {"old"});
    FailingDisk disk(n, true, ENOSPC);
    const std::vector<float> values = {1, 2};
    const std::string error = error_of([&] {
      SafetensorsWriter writer(dir / "f", {{"new", SafetensorsDtype::F32, {2}}}, {}, disk);
      writer.write("new", std::span<const float>(values));
      writer.finish();
    });
    const SafetensorsFile file = SafetensorsFile::open(dir / "f");
    if (!disk.failed()) {
      CHECK(error == "no error");
      CHECK(file.find("new") != nullptr);
      CHECK(n > 6);
      break;
    }
    CHECK(error.find("the disk is full") != std::string::npos);
    CHECK((file.find("old") != nullptr || file.find("new") != nullptr));
  }
}

TEST_CASE("a file torn at any byte is refused and named") {
  const std::string whole = read_file(kGolden / "every_dtype.safetensors");
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    CHECK(error_of([&] { parse(whole.substr(0, bytes)); }).starts_with("f: "));
  }
}

TEST_CASE("offsets that overlap, leave gaps, run out or don't fit are refused by tensor") {
  const std::string a = row("a", "F32", "[2]", 0, 8);
  CHECK(refusal("{" + a + "}", 8) == "no error");
  CHECK(refusal("{" + a + "}   ", 8) == "no error");
  CHECK(refusal("{" + row("b", "F32", "[1]", 8, 12) + "," + a + "}", 12) == "no error");  // any order
  CHECK(refusal("{" + a + "," + row("b", "F32", "[1]", 4, 8) + "}", 8) == "f: tensor 'b' overlaps the one before it");
  CHECK(refusal("{" + a + "," + row("b", "F32", "[1]", 12, 16) + "}", 16) == "f: tensor 'b' leaves a gap before it");
  CHECK(refusal("{" + row("a", "F32", "[1]", 4, 8) + "}", 8) == "f: tensor 'a' leaves a gap before it");
  CHECK(refusal("{" + a + "}", 9) == "f: 1 bytes stand behind the last tensor 'a'");
  CHECK(refusal("{}", 1) == "f: 1 bytes stand behind the last tensor");
  CHECK(refusal("{" + a + "}", 7).starts_with("f: tensor 'a' lies at bytes 0 to 8 of 7"));
  CHECK(refusal("{" + row("a", "F32", "[2]", 8, 0) + "}", 8).starts_with("f: tensor 'a' lies at bytes 8 to 0"));
  CHECK(refusal("{" + row("a", "F32", "[2]", -8, 0) + "}", 8).starts_with("f: tensor 'a' lies at bytes -8"));
  CHECK(refusal("{" + row("a", "F32", "[3]", 0, 8) + "}", 8) == "f: tensor 'a' has 8 bytes, which is not F32 [3]");
  CHECK(refusal("{" + row("a", "F32", "[-2]", 0, 8) + "}", 8) == "f: tensor 'a' has 8 bytes, which is not F32 [-2]");
  CHECK(refusal("{" + row("a", "F32", "[4611686018427387904,4]", 0, 0) + "}", 0).find("which is not F32") !=
        std::string::npos);
  CHECK(refusal("{" + row("a", "U8", "[0]", 4, 4) + "," + row("b", "F32", "[2]", 0, 8) + "}", 8).find("overlaps") !=
        std::string::npos);
}

TEST_CASE("a header that is no header is refused") {
  CHECK(refusal("[1]", 0).find("does not begin with '{'") != std::string::npos);
  CHECK(refusal("{\"a\":", 0).starts_with("f:1:6: unexpected end of input"));
  CHECK(refusal("{\"a\":1}", 0) == "f: a is an integer, not an object");
  CHECK(refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 0) == "f: a has no key 'data_offsets'");
  CHECK(refusal("{" + row("a", "F32", "[1.0]", 0, 4) + "}", 4) == "f: a.shape[0] is 1.0, not an integer");
  CHECK(refusal("{" + row("a", "I4", "[2]", 0, 1) + "}", 1).starts_with("f: tensor 'a' has dtype I4, which"));
  CHECK(refusal("{" + row("a", "U8", "[1]", 0, 1) + "," + row("a", "U8", "[1]", 0, 1) + "}", 1)
            .find("duplicate key 'a'") != std::string::npos);
  CHECK(refusal("{\"__metadata__\":{\"step\":3}}", 0) == "f: __metadata__.step is an integer, not a string");
  std::string large(16, '\xff');
  CHECK(error_of([&] { parse(large); }) == "f: a header of 18446744073709551615 bytes: this is no safetensors file");
  const uint64_t most = 100'000'001;
  std::memcpy(large.data(), &most, 8);
  CHECK(error_of([&] { parse(large); }).starts_with("f: a header of 100000001 bytes"));
}

TEST_CASE("a missing tensor and a wrong shape are named with the file") {
  const TemporaryDirectory dir;
  write_tensors(dir / "f", {"model.norm.weight"});
  const SafetensorsFile file = SafetensorsFile::open(dir / "f");
  CHECK(error_of([&] { file.at("model.norm.weigth"); }) ==
        (dir / "f").string() + ": there is no tensor 'model.norm.weigth', only 'model.norm.weight'");
  const std::vector<int64_t> wanted = {2, 1};
  CHECK(error_of([&] { file.entries()[0].require_shape(wanted); }) ==
        (dir / "f").string() + ": tensor 'model.norm.weight' is [2], expected [2, 1]");
}

TEST_CASE("shards and their index read as one directory") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { SafetensorsDirectory::open(dir.path()); }).find("no weights here") != std::string::npos);
  CHECK(error_of([&] { SafetensorsDirectory::open(dir / "none"); }).find("no such directory") != std::string::npos);
  write_tensors(dir / "model-1.safetensors", {"d", "a"});
  write_tensors(dir / "model-2.safetensors", {"c"});
  const auto index = [&](std::string_view map) {
    write_file_atomically(dir / "model.safetensors.index.json", fmt::format("{{\"weight_map\": {}}}", map));
    return error_of([&] { SafetensorsDirectory::open(dir.path()); });
  };
  CHECK(index(R"({"a": "model-1.safetensors", "c": "model-2.safetensors", "d": "model-1.safetensors"})") == "no error");
  const SafetensorsDirectory model = SafetensorsDirectory::open(dir.path());
  REQUIRE(model.entries().size() == 3);
  CHECK(model.entries()[0]->name == "a");
  CHECK(model.entries()[2]->name == "d");
  CHECK(to_f32(model.at("a")) == std::vector<float>{2, 3});
  CHECK(to_f32(model.at("c")) == std::vector<float>{0, 1});
  CHECK(model.find("b") == nullptr);
  CHECK(error_of([&] { model.at("b"); }).find("there is no tensor 'b' among its 3") != std::string::npos);

  CHECK(model.unlisted().empty());

  // What the index forgot is there all the same, unless it is there twice.
  CHECK(index(R"({"a": "model-1.safetensors", "c": "model-2.safetensors"})") == "no error");
  const SafetensorsDirectory forgot = SafetensorsDirectory::open(dir.path());
  CHECK(to_f32(forgot.at("d")) == std::vector<float>{0, 1});
  REQUIRE(forgot.unlisted().size() == 1);
  CHECK(forgot.unlisted()[0]->name == "d");
  write_tensors(dir / "model-2.safetensors", {"c", "d"});
  CHECK(index(R"({"a": "model-1.safetensors", "c": "model-2.safetensors"})").find("tensor 'd' stands in ") !=
        std::string::npos);
  CHECK(index(R"({"a": "model-1.safetensors", "c": "model-2.safetensors", "d": "model-1.safetensors"})")
            .find("model-2.safetensors: tensor 'd' stands here, but model.safetensors.index.json names "
                  "model-1.safetensors") != std::string::npos);
  write_tensors(dir / "model-2.safetensors", {"c"});
  CHECK(index(R"({"a": "model-2.safetensors", "c": "model-2.safetensors"})").find("there is no tensor 'a'") !=
        std::string::npos);
  CHECK(index(R"({"a": "model-3.safetensors"})").find("the shard model-3.safetensors is missing") != std::string::npos);
  CHECK(index(R"({"a": "../model-1.safetensors"})").find("weight_map.a is no plain file name") != std::string::npos);

  write_tensors(dir / "model.safetensors", {"only"});  // goes before the index
  CHECK(SafetensorsDirectory::open(dir.path()).entries().size() == 1);
}

TEST_CASE("damaged files are refused by name or hold nothing but whole tensors") {
  const std::vector<std::string> valid = {
      file_of("{" + row("a", "F32", "[2]", 0, 8) + "," + row("b", "BF16", "[1,3]", 8, 14) + "}", 14),
      file_of("{\"__metadata__\":{\"format\":\"pt\"}," + row("a", "U8", "[0]", 0, 0) + "}", 0), file_of("{}", 0),
      file_of("{" + row("größe", "F64", "[]", 0, 8) + "}   ", 8)};
  for_mutations("safetensors", 10000, valid,
                {"F16", "I64", "F8_E4M3", "[0]", "[]", ",-1", "9223372036854775807", "\"b\"", "[0,8]", " "},
                [](const std::string& text) { fuzz::check_safetensors(std::as_bytes(std::span(text))); });
}
