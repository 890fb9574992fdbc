#include "millet/report/event_file.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "tests/io/temporary_directory.h"

using namespace millet;
using report::MetricsRow;

static std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

// By tensorboard 2.21: Event(wall_time=1.5, step=300, summary=…).SerializeToString() between its masked checksums.
TEST_CASE("a record is that of TensorBoard's own messages, byte for byte; what is not a number is left out") {
  const std::string row = report::metrics_event(
      1.5, {.step = 300, .phase = "train", .values = {{"loss", 0.25}, {"nothing", std::nan("")}}});
  CHECK(hex(row) ==
        "2100000000000000017becf609000000000000f83f10ac022a130a110a0a747261696e2f6c6f7373150000803e6557981f");
}

TEST_CASE("a run that is gone on with says from where; its first file does not") {
  const TemporaryDirectory dir;
  const auto read = [&] {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return files;
  };
  const MetricsRow row{.step = 1, .phase = "train", .values = {{"loss", 1}}};
  report::EventFile first(dir.path());
  first.begin_from(0);
  first.append(row);
  const size_t one = read().at(0).size();
  first.append(row);
  report::EventFile second(dir.path());
  second.begin_from(1);
  second.append(row);
  const auto files = read();
  REQUIRE(files.size() == 2);
  const size_t start = report::start_event(0, 1).size(), event = report::metrics_event(0, row).size();
  CHECK(one == report::version_event(0).size() + event);
  CHECK(files[0].size() + files[1].size() == 2 * one + event + start);
}
