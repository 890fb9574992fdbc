#include "millet/report/metrics.h"

#include "millet/core/error.h"
#include "millet/io/json.h"
#include "millet/report/escape.h"
#include "millet/report/lines.h"
#include "millet/report/unknown.h"

namespace millet::report {

double MetricsRow::operator[](std::string_view name) const {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  return kUnknown;
}

std::string to_line(const MetricsRow& row) {
  io::Json json = io::Json::object({{"step", row.step}, {"phase", well_formed(row.phase)}});
  for (const auto& [given, value] : row.values) {
    const std::string name = well_formed(given);
    require(!json.contains(name), "metrics of step {}: '{}' is given twice", row.step, name);
    json[name] = json_number(value);
  }
  return json.dump();
}

MetricsRow metrics_row(std::string_view line) {
  const io::Json json = io::Json::parse(line);
  MetricsRow row{.step = json.at("step").as_int(), .phase = json.at("phase").as_string(), .values = {}};
  for (const auto& [name, value] : json.members()) {
    if (name == "step" || name == "phase") continue;
    if (value.is_null()) row.values.emplace_back(name, kUnknown);
    if (value.is_number()) row.values.emplace_back(name, value.as_double());
  }
  return row;
}

std::vector<MetricsRow> read_metrics(const std::filesystem::path& run) {
  std::vector<MetricsRow> rows;
  for_each_line(run / "metrics.jsonl", [&](std::string_view line, int64_t) { rows.push_back(metrics_row(line)); });
  return rows;
}

}  // namespace millet::report
