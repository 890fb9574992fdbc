// From the rows of metrics.jsonl to the charts that several pages show.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/report/chart.h"
#include "millet/report/metrics.h"

namespace millet::report {

// Values of one name in one phase against the step; what is not known is left out.
std::vector<Point> curve(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name);

// What a number of metrics.jsonl is, by its name: fractions lie within 0 and 1.
Unit unit_of(std::string_view name);

// Losses, rewards and their like are read closely; an axis of any other number begins at 0 where none is below.
bool is_read_closely(std::string_view name);

// Training and validation loss.
Chart loss_chart(const std::vector<MetricsRow>& rows);

// How evenly the router spreads rows over experts: the share of each, stacked, and MaxVio.
Chart expert_load_chart(const std::vector<MetricsRow>& rows, std::string_view phase);
Chart max_vio_chart(const std::vector<MetricsRow>& rows, std::string_view phase);

// The last value of a name in a phase; unknown where there is none.
double last(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name);

// Sum over all rows of a phase.
double sum(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name);

}  // namespace millet::report
