// The pages in a real browser: every canvas drawn, nothing said on the console, nothing asked from outside. Screenshots
// are left in build/<preset>/screenshots for people to look at.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/report/html.h"
#include "synthetic_demo.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;
namespace fs = std::filesystem;

namespace {

bool there_is_a_browser() {
  if (std::system("command -v chromium > /dev/null 2>&1") == 0) return true;
  MESSAGE("SKIPPED: there is no chromium here; install Debian's package to look at the pages for real");
  return false;
}

// Runs the browser on a page; what it says goes to stdout.txt and stderr.txt in `dir`.
bool browse(const fs::path& dir, const std::string& flags, const fs::path& page) {
  const std::string command =
      "timeout 120 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run "
      "--disable-background-networking --disable-component-update --hide-scrollbars --virtual-time-budget=5000 "
      "--enable-logging=stderr --user-data-dir='" +
      (dir / "profile").string() + "' " + flags + " 'file://" + page.string() + "' > '" +
      (dir / "stdout.txt").string() + "' 2> '" + (dir / "stderr.txt").string() + "'";
  return std::system(command.c_str()) == 0;
}

// A page that shows another one in a frame of this size: no window of Chromium is narrower than 500 pixels, a frame may
// be. What the framed page says to its parent becomes the title.
fs::path framed(const fs::path& dir, const fs::path& page, int width, int height) {
  const fs::path frame = dir / "frame.html";
  io::write_file_atomically(
      frame,
      "<!doctype html><title></title><script>onmessage = (e) => { document.title = e.data; };</script>"
      "<body style=\"margin: 0\"><iframe style=\"border: 0; width: " +
          std::to_string(width) + "px; height: " + std::to_string(height) + "px\" src=\"file://" + page.string() +
          "\"></iframe>");
  return frame;
}

std::string with(std::string page, std::string_view place, std::string_view added) {
  page.insert(page.find(place), added);
  return page;
}

// Two scripts added to a copy of the page: one counts from the start what must not happen, one looks in the end at the
// pixels of every canvas and at the widths, and says all as JSON to the page around it.
const char* const kWatch = R"(<script>
var seen = {errors: 0, violations: 0};
addEventListener("error", () => ++seen.errors);
addEventListener("securitypolicyviolation", () => ++seen.violations);
</script>
)";
const char* const kProbe = R"(<script>
addEventListener("load", () => setTimeout(() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  setTimeout(() => {
    seen.canvases = 0; seen.blank = 0; seen.requests = performance.getEntriesByType("resource").length;
    seen.width = innerWidth;
    seen.overflow = document.documentElement.scrollWidth > innerWidth;
    seen.tight = 0;  // tiles whose figures reach over their padding
    for (const tile of document.querySelectorAll(".tile")) {
      const room = tile.getBoundingClientRect().right - parseFloat(getComputedStyle(tile).paddingRight);
      for (const part of tile.querySelectorAll("span")) if (part.getBoundingClientRect().right > room) ++seen.tight;
    }
    for (const canvas of document.querySelectorAll("canvas")) {
      ++seen.canvases;
      const colours = new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer));
      if (colours.size < 8) ++seen.blank;
    }
    parent.postMessage(JSON.stringify(seen), "*");
  }, 500);
}, 500));
</script>
)";

io::Json probe(const fs::path& dir, const fs::path& page, int width, const std::string& flags) {
  std::string copy = io::read_file(page);
  copy = with(copy, "<title>", kWatch);
  copy = with(copy, "</body>", kProbe);
  const fs::path watched = dir / "watched.html";
  io::write_file_atomically(watched, copy);
  REQUIRE(browse(dir, flags + " --window-size=1600,900 --dump-dom", framed(dir, watched, width, 900)));
  const std::string dom = io::read_file(dir / "stdout.txt");
  const size_t begin = dom.find("<title>") + 7;
  return io::Json::parse(std::string_view(dom).substr(begin, dom.find("</title>") - begin));
}

}  // namespace

TEST_CASE("in a browser every canvas is drawn, without an error, a request or a page that is too wide") {
  if (!there_is_a_browser()) return;
  const TemporaryDirectory tmp;
  const fs::path demo = tmp.path() / "demo";
  write_synthetic_demo(demo);
  for (const char* run : {".", "base", "rl"}) {
    const fs::path page = fs::canonical(write_page(demo / run));
    const std::pair<int, const char*> manners[] = {
        {390, "--blink-settings=preferredColorScheme=0"}, {768, ""}, {1280, ""}, {1600, ""}};
    for (const auto& [width, flags] : manners) {
      CAPTURE(std::string(run));
      CAPTURE(width);
      const io::Json seen = probe(tmp.path(), page, width, flags);
      CAPTURE(seen.dump());
      CHECK(seen.at("canvases").as_int() >= 5);
      CHECK(seen.at("blank").as_int() == 0);
      CHECK(seen.at("errors").as_int() == 0);
      CHECK(seen.at("violations").as_int() == 0);
      CHECK(seen.at("requests").as_int() == 0);
      CHECK(seen.at("width").as_int() == width);
      CHECK_FALSE(seen.at("overflow").as_bool());
      CHECK(seen.at("tight").as_int() == 0);
      CHECK(io::read_file(tmp.path() / "stderr.txt").find("CONSOLE") == std::string::npos);
    }
  }
}

TEST_CASE("the probe itself notices a blank canvas, an error, a request, a wide page and a tight tile") {
  if (!there_is_a_browser()) return;
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path() / "demo");
  std::string page = io::read_file(write_page(tmp.path() / "demo" / "rl"));
  page = with(page, "<title>", "<script src=\"http://127.0.0.1:9/x.js\"></script>");
  page = with(page, "</main>", "<canvas></canvas><script>undefined_name();</script>");
  page = with(page, "</main>", "<p style=\"width: 400px\">wide</p>");
  page = with(page, "</style>", ".tile .figure { font-size: 3rem; white-space: nowrap; }");
  io::write_file_atomically(tmp.path() / "bad.html", page);
  const io::Json seen = probe(tmp.path(), fs::canonical(tmp.path() / "bad.html"), 390, "");
  CHECK(seen.at("blank").as_int() == 1);
  CHECK(seen.at("errors").as_int() >= 1);
  CHECK(seen.at("overflow").as_bool());
  CHECK(seen.at("tight").as_int() >= 1);
  CHECK(io::read_file(tmp.path() / "stderr.txt").find("CONSOLE") != std::string::npos);
}

TEST_CASE("screenshots of the pages can be taken, light, dark and narrow") {
  if (!there_is_a_browser()) return;
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path() / "demo");
  const fs::path shots = fs::path(MILLET_PROGRAM).parent_path() / "screenshots";
  fs::create_directories(shots);
  const fs::path page = fs::canonical(write_page(tmp.path() / "demo"));
  struct Manner {
    const char* name;
    int width, height;
    const char* flags;
  };
  for (const auto& [name, width, height, flags] :
       {Manner{"light.png", 1100, 8600, ""}, Manner{"dark.png", 1100, 8600, "--blink-settings=preferredColorScheme=0"},
        Manner{"narrow.png", 390, 9000, ""}}) {
    fs::remove(shots / name);
    const std::string window = fmt::format("--window-size={},{}", std::max(width, 500), height);
    CHECK(browse(tmp.path(), fmt::format("{} {} --screenshot='{}'", flags, window, (shots / name).string()),
                 framed(tmp.path(), page, width, height)));
    REQUIRE(fs::exists(shots / name));
    CHECK(fs::file_size(shots / name) > 200'000);  // a page without its charts is a quarter of it
  }
}
