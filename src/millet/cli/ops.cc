// millet ops: what each device can do.
#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/ops/backend.h"
#include "millet/ops/devices.h"

namespace millet::cli {

static int run_ops(const Arguments&) {
  std::vector<std::unique_ptr<Device>> devices;
  std::vector<std::vector<ops::OperationRow>> columns;
  fmt::print("{:<28}", "operation");
  for (const std::string& name : ops::devices_present()) {
    devices.push_back(ops::make_device(name));
    columns.push_back(ops::operation_rows(*static_cast<const ops::Backend*>(devices.back()->operations())));
    fmt::print("{:<12}", name);
  }
  fmt::print("\n");
  for (size_t row = 0; row < columns.front().size(); ++row) {
    fmt::print("{:<28}", columns.front()[row].name);
    for (const auto& column : columns) fmt::print("{:<12}", column[row].present ? "yes" : "–");
    fmt::print("\n");
  }
  return 0;
}

extern const Command ops_command;
const Command ops_command{
    .name = "ops", .summary = "the operations, and which device has which", .examples = {"millet ops"}, .run = run_ops};

}  // namespace millet::cli
