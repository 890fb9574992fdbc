#include "millet/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "millet/cli/version.h"
#include "millet/core/error.h"
#include "millet/core/nearest.h"

namespace millet::cli {

static std::string list_of_verbs(const CommandList& commands) {
  std::string text =
      "Millet: pre-train reasoning models, reinforce them, measure them, talk to them.\n\n"
      "Usage: millet VERB …\n\n";
  size_t width = 0;
  for (const Command* c : commands) width = std::max(width, c->name.size());
  for (const Command* c : commands) text += fmt::format("  {:{}}  {}\n", c->name, width, c->summary);
  if (!commands.empty()) text += "\n";
  return text + "`millet VERB --help` shows a verb's options and examples, `millet --version` what this program is.\n";
}

static const Command& verb(const CommandList& commands, const std::string& name) {
  std::vector<std::string> names;
  for (const Command* c : commands) {
    if (c->name == name) return *c;
    names.emplace_back(c->name);
  }
  const std::string near = nearest(name, names);
  if (near.empty()) fail("unknown verb '{}': `millet` alone lists them", name);
  fail("unknown verb '{}': did you mean '{}'?", name, near);
}

static std::string footer(const Command& command) {
  std::string text;
  if (command.keys != nullptr) text += "Keys of the recipe (--set KEY=VALUE):\n" + command.keys() + "\n";
  if (!command.examples.empty()) text += "Examples:\n";
  for (const std::string_view example : command.examples) text += fmt::format("  {}\n", example);
  return text;
}

// A word that no declaration wants.
[[noreturn]] static void refuse(const Command& command, const std::string& word) {
  if (!word.starts_with("-")) {
    fail("millet {}: unexpected '{}': `millet {} --help` shows its arguments", command.name, word, command.name);
  }
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names = {"--help"};
  for (const Option& o : command.options) names.emplace_back(o.name);
  const std::string near = nearest(name, names);
  if (near.empty()) {
    fail("millet {}: unknown option '{}': `millet {} --help` lists its options", command.name, name, command.name);
  }
  fail("millet {}: unknown option '{}': did you mean '{}'?", command.name, name, near);
}

static CommandLine read_verb(const Command& command, std::vector<std::string> words) {
  CLI::App app(std::string(command.summary), fmt::format("millet {}", command.name));
  app.footer(footer(command));
  app.allow_extras();  // so that they are refused here, with the nearest known name

  std::map<std::string, CLI::Option*> declared;
  for (const Positional& p : command.positionals) {
    CLI::Option* option = app.add_option(std::string(p.name))->description(std::string(p.help));
    declared[std::string(p.name)] = option->type_name(p.optional ? "(optional)" : " ");
    if (p.repeated) option->expected(1, -1)->allow_extra_args()->take_all();
  }
  for (const Option& o : command.options) {
    const std::string name(o.name);
    std::string help(o.help);
    if (!o.initial.empty()) help += fmt::format(" (default: {})", o.initial);
    CLI::Option* option = o.value.empty() ? app.add_flag(name) : app.add_option(name);
    option->description(help);
    if (!o.value.empty()) option->type_name(std::string(o.value))->expected(1);
    if (o.repeated) option->take_all();
    declared[name.substr(2)] = option;
  }

  std::reverse(words.begin(), words.end());  // CLI11 reads from the back
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    return {.text = app.help()};
  } catch (const CLI::ParseError& e) {
    fail("millet {}: {}; `millet {} --help` shows how", command.name, e.what(), command.name);
  }
  std::vector<std::string> extras = app.remaining();
  std::erase(extras, "--");  // ends the options; CLI11 reports it as left over
  if (!extras.empty()) refuse(command, extras.front());

  std::map<std::string, Arguments::Given, std::less<>> given;
  for (const auto& [name, option] : declared) given[name] = {option->results(), option->count() > 0};
  for (const Positional& p : command.positionals) {
    require(p.optional || given.find(p.name)->second.by_user,
            "millet {}: {} is missing ({}); `millet {} --help` shows how", command.name, p.name, p.help, command.name);
  }
  for (const Option& o : command.options) {
    Arguments::Given& value = given.find(o.name.substr(2))->second;
    if (!value.by_user && !o.initial.empty()) value.values = {std::string(o.initial)};
  }
  return {.command = &command, .arguments = Arguments(std::move(given))};
}

CommandLine read_command_line(const CommandList& commands, const std::vector<std::string>& words) {
  if (words.empty() || words.front() == "--help" || words.front() == "-h") return {.text = list_of_verbs(commands)};
  if (words.front() == "--version") return {.text = version_text()};
  require(!words.front().starts_with("-"), "unknown option '{}': write `millet VERB …`; `millet` alone lists the verbs",
          words.front());
  return read_verb(verb(commands, words.front()), {words.begin() + 1, words.end()});
}

}  // namespace millet::cli
