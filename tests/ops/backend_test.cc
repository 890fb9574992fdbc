#include "millet/ops/backend.h"

#include <doctest/doctest.h>

#include <set>

#include "millet/ops/devices.h"

using namespace millet;

TEST_CASE("the list has a row for every pointer of a back end, each under a name of its own") {
  std::set<std::string_view> names;
  for (const ops::OperationRow& row : ops::operation_rows({})) {
    CHECK_FALSE(row.present);
    names.insert(row.name);
  }
  const size_t pointers = (sizeof(ops::Backend) - offsetof(ops::Backend, gemm_nt)) / sizeof(void*);
  CHECK(names.size() == pointers);
}

TEST_CASE("every device here has every operation") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    const std::unique_ptr<Device> device = ops::make_device(name);
    Context ctx(*device, 1);
    for (const ops::OperationRow& row : ops::operation_rows(ops::backend(ctx))) {
      CAPTURE(row.name);
      CHECK(row.present);
    }
  }
}

TEST_CASE("an operation that a device lacks is an error that names both") {
  const std::unique_ptr<Device> device = ops::make_device("reference");
  Context ctx(*device, 1);
  const ops::Backend none{};
  CHECK_THROWS_WITH_AS(ops::available(ctx, none.muon, "muon"),
                       "muon: device 'reference' does not have this operation; `millet ops` lists what each one has",
                       Error);
}
