#include "model/name_limits.h"

#include "model/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fineline {
namespace {

/// Builds drafts over one batch. One thread at a time.
class Drafts {
  public:
    RecordDraft event(std::string_view name, const std::vector<std::string>& properties) {
        RecordDraft draft = traits(properties);
        draft.kind = RecordKind::event;
        draft.name = batch.name(name);
        return draft;
    }

    RecordDraft traits(const std::vector<std::string>& names) {
        values_.clear();
        for (const std::string& name : names) {
            values_.push_back({batch.name(name), Datum::of(1.0)});
        }
        RecordDraft draft;
        draft.kind = RecordKind::traits;
        draft.customer = "ada";
        draft.properties = values_;
        return draft;
    }

    RecordBatchBuilder batch;

  private:
    std::vector<NamedDatum> values_;
};

TEST(NameLimits, RefusesThePropertyBeyondTheLimitOfItsEventAlone) {
    NameLimits names;
    for (std::size_t i = 0; i + 1 < limits::properties_per_event_max; ++i) {
        names.know_property("buy", "p" + std::to_string(i));
    }
    Drafts drafts;
    EXPECT_FALSE(names.admit(drafts.batch, drafts.event("buy", {"p7", "last"})));
    names.keep();
    const auto refused = names.admit(drafts.batch, drafts.event("buy", {"p7", "one more"}));
    ASSERT_TRUE(refused);
    EXPECT_NE(refused->find("one more"), std::string::npos);
    names.take_back();
    EXPECT_FALSE(names.admit(drafts.batch, drafts.event("buy", {"p7", "last"}))) << "known";
    EXPECT_FALSE(names.admit(drafts.batch, drafts.event("view", {"one more"}))) << "another event";
}

TEST(NameLimits, TakesBackWhatARefusedRowWouldHaveBrought) {
    NameLimits names;
    for (std::size_t i = 0; i + 2 < limits::traits_max; ++i) {
        names.know(NameKind::trait, i == 0 ? std::string() : "t" + std::to_string(i));
    }
    Drafts drafts;
    EXPECT_TRUE(names.admit(drafts.batch, drafts.traits({"a", "b", "c"}))) << "one too many";
    names.take_back();
    EXPECT_FALSE(names.admit(drafts.batch, drafts.traits({"d", "e"}))) << "there is room for two";
    names.keep();
    EXPECT_TRUE(names.admit(drafts.batch, drafts.traits({"a"})));
}

TEST(NameLimits, ForgetsTheNumbersOfABatchThatWasFinished) {
    NameLimits names;
    for (std::size_t i = 0; i + 1 < limits::traits_max; ++i) {
        names.know(NameKind::trait, "t" + std::to_string(i));
    }
    Drafts drafts;
    const RecordDraft first = drafts.traits({"new"});
    EXPECT_FALSE(names.admit(drafts.batch, first));
    names.keep();
    drafts.batch.add(first);
    (void)drafts.batch.finish({});
    // In the next batch another name has the first one's number.
    EXPECT_TRUE(names.admit(drafts.batch, drafts.traits({"newer"})));
}

}  // namespace
}  // namespace fineline
