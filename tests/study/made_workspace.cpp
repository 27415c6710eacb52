#include "made_workspace.h"

#include "base/require.h"
#include "mapping/loader.h"
#include "mapping/mapping_file.h"
#include "mapping/portfolio_file.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace fineline::study_tests {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t batch_records = 5'000;

/// The value of what cannot fail in a test.
template <class T>
T expect(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
    }
    require(result.has_value(), "what a test sets up works");
    return std::move(*result);
}

}  // namespace

Instant day(int number) {
    return std::chrono::sys_days(std::chrono::year{2024} / 1 / 1) + std::chrono::days(number);
}

void Records::event(std::string_view customer,
                    std::string_view name,
                    Instant at,
                    const std::vector<Property>& properties) {
    const auto values = named(properties);
    add({.kind = RecordKind::event,
         .customer = customer,
         .time = at,
         .name = builder_.name(name),
         .properties = values});
}

void Records::traits(std::string_view customer,
                     std::optional<Instant> at,
                     const std::vector<Property>& traits) {
    const auto values = named(traits);
    add({.kind = RecordKind::traits, .customer = customer, .time = at, .properties = values});
}

void Records::consent(std::string_view customer,
                      std::string_view purpose,
                      Instant at,
                      bool granted) {
    const auto said = named({{"granted", Datum::of(granted)}});
    add({.kind = RecordKind::consent,
         .customer = customer,
         .time = at,
         .name = builder_.name(purpose),
         .properties = said});
}

std::vector<std::string> Records::take() {
    if (!builder_.empty()) {
        batches_.push_back(
            builder_.finish({.source = "made", .received_at = day(0), .sequence = {}}));
    }
    return std::exchange(batches_, {});
}

std::vector<NamedDatum> Records::named(const std::vector<Property>& properties) {
    std::vector<NamedDatum> values;
    values.reserve(properties.size());
    for (const auto& [name, value] : properties) {
        values.push_back({.name = builder_.name(name), .value = value});
    }
    return values;
}

void Records::add(const RecordDraft& draft) {
    builder_.add(draft);
    if (builder_.count() >= batch_records) {
        batches_.push_back(
            builder_.finish({.source = "made", .received_at = day(0), .sequence = {}}));
    }
}

MadeWorkspace::MadeWorkspace(Instant now) : clock_(now) {
    std::string pattern = (fs::temp_directory_path() / "fineline_study_XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "a directory for the test");
    directory_ = pattern;
    engine::OpenOptions options;
    options.create = true;
    workspace_ = expect(engine::Workspace::open(directory_, options, clock_));
}

MadeWorkspace::~MadeWorkspace() {
    workspace_.reset();
    fs::remove_all(directory_);
}

void MadeWorkspace::append(const std::vector<std::string>& batches) {
    for (const std::string& batch : batches) {
        expect(workspace_->append(batch));
    }
    workspace_->publish();
    workspace_->compact();
}

void MadeWorkspace::load(const std::string& file, const std::string& mapping) {
    mapping::LoadRequest request{.file = file,
                                 .kind = mapping::InputKind::csv,
                                 .mapping = expect(mapping::read_mapping_file(mapping)),
                                 .received_at = clock_.now()};
    const auto loader = expect(mapping::Loader::open(std::move(request), {}));
    const auto report = expect(loader->run({.sink = [&](std::string batch) -> Status {
        auto appended = workspace_->append(std::move(batch));
        return appended ? Status(done) : Status(appended.error());
    }}));
    require(report.finished, "the whole file is loaded");
    workspace_->publish();
    workspace_->compact();
}

study::StudyRequest MadeWorkspace::request(const std::string& portfolio) {
    study::StudyRequest request;
    request.view = workspace_->view();
    request.portfolio = expect(mapping::parse_portfolio(portfolio, "portfolio.yaml"));
    request.at = clock_.now();
    return request;
}

}  // namespace fineline::study_tests
