#include "millet/io/commit.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "tests/io/error_of.h"
#include "tests/io/failing_disk.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;
namespace fs = std::filesystem;

namespace {

// Three files of one version, one in an inner directory.
void commit_version(const fs::path& directory, const std::string& version, Disk& disk = Disk::real()) {
  Commit commit(directory, disk);
  commit.write("state.json", "{\"version\": \"" + version + "\"}");
  disk.make_directory(commit / "inner");
  commit.write("inner/empty", "");
  AtomicFile weights(commit / "model.safetensors", disk);
  weights.write("weights of ");
  weights.write(version);
  weights.commit();
  commit.finish();
}

std::string version_of(const fs::path& directory) {
  const std::string version = read_json(directory / "state.json").at("version").as_string();
  CHECK(read_file(directory / "model.safetensors") == "weights of " + version);
  return version;
}

std::string damage_of(const fs::path& directory) {
  std::string out;
  for (const Damage& d : verify(directory)) out += d.file + " " + d.how + "; ";
  return out;
}

}  // namespace

TEST_CASE("a commit appears whole, verifies, and is replaced whole") {
  const TemporaryDirectory dir(fs::temp_directory_path());  // a disk, if /tmp is one
  commit_version(dir / "step-1", "one");
  CHECK(damage_of(dir / "step-1").empty());
  CHECK(version_of(dir / "step-1") == "one");
  commit_version(dir / "step-1", "two");
  CHECK(damage_of(dir / "step-1").empty());
  CHECK(version_of(dir / "step-1") == "two");
  CHECK(list_directory(dir.path()) == std::vector<std::string>{"step-1"});
  const Json manifest = read_json(dir / "step-1/checksums.json");
  CHECK(manifest.at("algorithm").as_string() == "xxh3-128");
  CHECK(manifest.at("files").size() == 3);
}

TEST_CASE("whichever call fails, once or for ever, the old version stands or the new one does") {
  for (const bool replaces : {false, true}) {
    for (const bool dies : {false, true}) {
      for (int n = 1;; ++n) {
        CAPTURE(replaces);
        CAPTURE(dies);
        CAPTURE(n);
        const TemporaryDirectory dir;
        if (replaces) commit_version(dir / "step-1", "old");
        FailingDisk disk(n, dies);
        bool threw = false;
        try {
          commit_version(dir / "step-1", "new", disk);
        } catch (const Error& error) {
          threw = true;
          CHECK(error.fault() == Fault::own);
        }

        // What a process that starts now finds.
        if (fs::exists(dir / "step-1")) {
          CHECK(damage_of(dir / "step-1").empty());
          const std::string version = version_of(dir / "step-1");
          CHECK((version == "new" || (threw && version == "old")));
        } else {
          CHECK(threw);
          CHECK_FALSE(replaces);
        }

        // It goes on, and what the failure left is gone.
        commit_version(dir / "step-1", "next");
        CHECK(version_of(dir / "step-1") == "next");
        CHECK(list_directory(dir.path()) == std::vector<std::string>{"step-1"});
        if (!disk.failed()) {
          CHECK_FALSE(threw);
          CHECK(n > 25);
          break;
        }
      }
    }
  }
}

TEST_CASE("every file and directory is synced before the name appears, and the name after") {
  const TemporaryDirectory dir;
  FailingDisk disk;
  commit_version(dir / "step-1", "one", disk);
  const auto& calls = disk.calls();
  const auto index_of = [&](std::string_view name, const fs::path& path) {  // of the last such call
    for (size_t i = calls.size(); i-- > 0;) {
      if (calls[i].name == name && calls[i].path == path) return static_cast<int>(i);
    }
    return -1;
  };
  const fs::path partial = dir / ".step-1.partial";
  const int named = index_of("rename", dir / "step-1");
  REQUIRE(named > 0);
  for (const char* file : {"state.json", "inner/empty", "model.safetensors"}) {
    CAPTURE(file);
    const int synced = index_of("sync", partial / file);
    CHECK(synced > index_of("rename", partial / file));
    CHECK(synced < named);
  }
  CHECK(index_of("sync", partial / ".checksums.json.partial") < index_of("rename", partial / "checksums.json"));
  CHECK(index_of("sync_directory", partial) > index_of("rename", partial / "checksums.json"));
  CHECK(index_of("sync_directory", partial / "inner") > index_of("rename", partial / "inner/empty"));
  CHECK(index_of("sync_directory", partial) < named);
  CHECK(index_of("sync_directory", dir.path()) > named);
}

TEST_CASE("a torn, altered, lengthened or missing file is named with what is wrong") {
  const TemporaryDirectory dir;
  const fs::path model = dir / "step-1/model.safetensors";
  const auto damaged = [&](const std::string& bytes) {
    commit_version(dir / "step-1", "one");
    write_file_atomically(model, bytes);
    return damage_of(dir / "step-1");
  };
  CHECK(damaged("weights of on") == "model.safetensors is torn: 13 of 14 bytes; ");
  CHECK(damaged("weights of one.") == "model.safetensors is too long: 15 of 14 bytes; ");
  CHECK(damaged("weights of onE").starts_with("model.safetensors is altered: its checksum is "));

  commit_version(dir / "step-1", "one");
  fs::remove(model);
  fs::remove(dir / "step-1/inner/empty");
  CHECK(damage_of(dir / "step-1") == "inner/empty is missing; model.safetensors is missing; ");
  fs::create_directory(model);
  CHECK(damage_of(dir / "step-1").find("model.safetensors cannot be read") != std::string::npos);
}

TEST_CASE("a damaged manifest is found, and it cannot point out of its directory") {
  const TemporaryDirectory dir;
  CHECK(damage_of(dir / "none") == "checksums.json is missing; ");
  commit_version(dir / "step-1", "one");
  const fs::path manifest = dir / "step-1/checksums.json";
  const std::string text = read_file(manifest);
  for (size_t bytes = 0; bytes + 2 < text.size(); ++bytes) {
    write_file_atomically(manifest, text.substr(0, bytes));
    CHECK(damage_of(dir / "step-1").starts_with("checksums.json is damaged: "));
  }
  for (const char* outside : {"../other", "/etc/passwd", "inner/../../other"}) {
    Json json = Json::parse(text);
    json["files"][outside] = Json::object({{"bytes", 0}, {"checksum", ""}});
    write_file_atomically(manifest, json.dump());
    CHECK(damage_of(dir / "step-1").find("is a path out of the directory") != std::string::npos);
  }
}

TEST_CASE("a new directory of files is not there or whole, whichever call fails") {
  const std::vector<std::pair<std::string, std::string>> files = {{"a.json", "one"}, {"b.json", "two"}};
  int calls = 0;
  for (int n = 1;; ++n) {
    const TemporaryDirectory folder;
    const fs::path directory = folder / "in/new";
    FailingDisk disk(n, true);
    try {
      io::write_new_directory(directory, files, disk);
    } catch (const Error&) {
    }
    if (fs::exists(directory)) {
      CHECK(io::read_file(directory / "a.json") == "one");
      CHECK(io::read_file(directory / "b.json") == "two");
    }
    if (!disk.failed()) {
      calls = n;
      CHECK(io::list_directory(folder / "in") == std::vector<std::string>{"new"});
      CHECK_THROWS_AS(io::write_new_directory(directory, files), Error);
      break;
    }
    CHECK_NOTHROW(fs::exists(directory) ? void() : io::write_new_directory(folder / "in/new/", files));
    CHECK(io::list_directory(folder / "in") == std::vector<std::string>{"new"});
  }
  CHECK(calls > 8);
}

TEST_CASE("nothing that others wrote is replaced") {
  const TemporaryDirectory dir;
  fs::create_directory(dir / "documents");
  write_file_atomically(dir / "documents/thesis", "years of work");
  CHECK(error_of([&] { Commit(dir / "documents"); }).find("no directory that Millet wrote") != std::string::npos);
  write_file_atomically(dir / "file", "");
  CHECK(error_of([&] { Commit(dir / "file"); }).find("a file has that name") != std::string::npos);

  commit_version(dir / "step-1", "one");
  write_file_atomically(dir / "step-1/README.md", "mine");
  CHECK(damage_of(dir / "step-1").empty());  // added files are no damage,
  CHECK(error_of([&] { commit_version(dir / "step-1", "two"); }).find("README.md") != std::string::npos);  // but stay
  CHECK(version_of(dir / "step-1") == "one");
  CHECK(read_file(dir / "documents/thesis") == "years of work");

  fs::create_directory(dir / "empty");
  commit_version(dir / "empty/", "one");
  CHECK(version_of(dir / "empty") == "one");
}

TEST_CASE("given up, a commit leaves nothing; crashed ones are removed by name") {
  const TemporaryDirectory dir;
  {
    Commit commit(dir / "step-1");
    commit.write("state.json", "{}");
    CHECK(list_directory(dir.path()) == std::vector<std::string>{".step-1.partial"});
  }
  CHECK(list_directory(dir.path()).empty());

  fs::create_directories(dir / ".step-2.partial/inner");
  write_file_atomically(dir / ".step-2.partial/inner/f", "x");
  write_file_atomically(dir / ".state.json.partial", "x");
  write_file_atomically(dir / "kept", "x");
  CHECK(remove_partials(dir.path()) == std::vector<std::string>{".state.json.partial", ".step-2.partial"});
  CHECK(list_directory(dir.path()) == std::vector<std::string>{"kept"});
}
