#pragma once

#include "base/clock.h"
#include "engine/workspace.h"
#include "model/record_batch.h"
#include "study/groundwork.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::study_tests {

/// A property or trait of a made record.
using Property = std::pair<std::string_view, Datum>;

/// Collects records for a made workspace. One thread at a time.
class Records {
  public:
    void event(std::string_view customer,
               std::string_view name,
               Instant at,
               const std::vector<Property>& properties = {});

    /// Undated where `at` is absent.
    void traits(std::string_view customer,
                std::optional<Instant> at,
                const std::vector<Property>& traits);

    void consent(std::string_view customer, std::string_view purpose, Instant at, bool granted);

    /// The encoded batches so far; starts anew.
    [[nodiscard]] std::vector<std::string> take();

  private:
    [[nodiscard]] std::vector<NamedDatum> named(const std::vector<Property>& properties);
    void add(const RecordDraft& draft);

    RecordBatchBuilder builder_;
    std::vector<std::string> batches_;
};

/// A workspace in a directory of its own, gone with the object. Ends the process on failure.
class MadeWorkspace {
  public:
    explicit MadeWorkspace(Instant now);
    ~MadeWorkspace();
    MadeWorkspace(const MadeWorkspace&) = delete;
    MadeWorkspace& operator=(const MadeWorkspace&) = delete;
    MadeWorkspace(MadeWorkspace&&) = delete;
    MadeWorkspace& operator=(MadeWorkspace&&) = delete;

    void append(const std::vector<std::string>& batches);

    /// Loads a file by a mapping file.
    void load(const std::string& file, const std::string& mapping);

    /// A study of all that was appended, for a portfolio as YAML.
    [[nodiscard]] study::StudyRequest request(const std::string& portfolio);

  private:
    std::string directory_;
    FixedClock clock_;
    std::unique_ptr<engine::Workspace> workspace_;
};

/// Midnight of a day counted from 2024-01-01.
[[nodiscard]] Instant day(int number);

}  // namespace fineline::study_tests
