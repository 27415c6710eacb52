#include "base/random.h"
#include "columns/log_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fineline::columns {
namespace {

constexpr int ids_max = 14;
constexpr int names_max = 3;

struct ModelRow {
    Instant time;
    std::uint64_t arrival = 0;
    std::map<std::string, Value> values;
};

struct ModelPerson {
    std::set<std::string> ids;
    std::map<std::string, std::vector<ModelRow>>
        tables;  ///< "e0" event, "t0" trait, "c0" consent, "j" joins
};

/// What the columns should say, kept with lists and loops.
class Model {
  public:
    ModelPerson& person(const std::string& id) {
        for (ModelPerson& one : people) {
            if (one.ids.contains(id)) {
                return one;
            }
        }
        people.push_back({{id}, {}});
        return people.back();
    }

    void add(const std::string& id, const std::string& table, ModelRow row) {
        std::vector<ModelRow>& rows = person(id).tables[table];
        rows.push_back(std::move(row));
        std::stable_sort(rows.begin(), rows.end(), [](const ModelRow& a, const ModelRow& b) {
            return std::pair(a.time, a.arrival) < std::pair(b.time, b.arrival);
        });
    }

    void merge(const std::string& a, const std::string& b) {
        person(a);
        person(b);
        if (person(a).ids.contains(b)) {
            return;
        }
        const ModelPerson joined = person(b);
        erase(b);
        person(a).ids.insert(joined.ids.begin(), joined.ids.end());
        for (const auto& [table, rows] : joined.tables) {
            for (const ModelRow& row : rows) {
                add(a, table, row);
            }
        }
    }

    void erase(const std::string& id) {
        std::erase_if(people, [&](const ModelPerson& one) { return one.ids.contains(id); });
    }

    [[nodiscard]] bool has(const std::string& table, const std::string& property = {}) const {
        for (const ModelPerson& one : people) {
            const auto rows = one.tables.find(table);
            for (std::size_t i = 0; rows != one.tables.end() && i < rows->second.size(); ++i) {
                if (property.empty() || rows->second[i].values.contains(property)) {
                    return true;
                }
            }
        }
        return false;
    }

    std::vector<ModelPerson> people;
};

Value random_value(Random& random) {
    switch (random.below(7)) {
        case 0: return Value(random.below(2) == 0);
        case 1: return Value(static_cast<double>(random.below(5)) * 0.25);
        case 2: return Value("text" + std::to_string(random.below(300)));
        case 3: return Value(day(static_cast<int>(random.below(9))));
        case 4: return Value(Value::List{Value(1.0), Value("x" + std::to_string(random.below(3)))});
        case 5: return {};
        default: return Value(std::string("often"));
    }
}

/// Values of one kind mostly, so that all encodings occur.
Value value_of(Random& random, std::uint64_t property) {
    switch (random.below(12) == 0 ? 9 : property) {
        case 0: return Value(static_cast<double>(random.below(50)) - 20.5);
        case 1: return Value("v" + std::to_string(random.below(400)));
        case 2: return Value(random.below(2) == 0);
        case 3: return Value(day(static_cast<int>(random.below(40))));
        default: return random_value(random);
    }
}

void step(Random& random, Log& log, Model& model) {
    const std::string who = "id" + std::to_string(random.below(ids_max));
    const std::string number = std::to_string(random.below(names_max));
    const Instant at = day(static_cast<int>(random.below(30)) - 5);
    const std::uint64_t position = log.next_position();
    switch (random.below(40)) {
        case 0: {
            const std::string other = "id" + std::to_string(random.below(ids_max));
            log.merge(who, other);
            model.merge(who, other);
            break;
        }
        case 1:
            if (random.below(4) == 0) {
                log.erasure(who);
                model.erase(who);
            }
            break;
        case 2:
            log.consent(who, "p" + number, position % 2 == 0);
            model.add(who,
                      "c" + number,
                      {instant_min, position, {{"granted", Value(position % 2 == 0)}}});
            break;
        case 3:
            log.join(who, at, "account" + number);
            model.add(who, "j", {at, position, {{"", Value("account" + number)}}});
            break;
        case 4:
        case 5:
        case 6:
        case 7: {
            const Value value = random_value(random);
            const bool dated = random.below(3) > 0;
            log.traits(who, dated ? std::optional(at) : std::nullopt, {{"t" + number, value}});
            model.add(who, "t" + number, {dated ? at : instant_min, position, {{"", value}}});
            break;
        }
        default: {
            std::map<std::string, Value> values;
            for (std::uint64_t property = 0; property < 5; ++property) {
                if (random.below(2) == 0) {
                    values["q" + std::to_string(property)] = value_of(random, property);
                }
            }
            log.event(who, at, "e" + number, {values.begin(), values.end()});
            model.add(who, "e" + number, {at, position, values});
        }
    }
}

void expect_rows(const EventRows& rows,
                 const ModelPerson& person,
                 const std::string& table,
                 const std::map<std::string, PropertyId>& properties) {
    const auto found = person.tables.find(table);
    const std::vector<ModelRow> expected =
        found == person.tables.end() ? std::vector<ModelRow>() : found->second;
    ASSERT_EQ(rows.size(), expected.size()) << table << " of " << *person.ids.begin();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(rows.time(i), expected[i].time);
        ASSERT_EQ(rows.arrival(i), expected[i].arrival);
        for (const auto& [name, property] : properties) {
            const auto value = expected[i].values.find(name);
            ASSERT_EQ(to_value(rows.value(property, i)),
                      value == expected[i].values.end() ? Value() : value->second)
                << table << "." << name;
        }
    }
}

void expect_person(Reader& reader, const ModelPerson& person) {
    const auto who = reader.find_customer(*person.ids.rbegin());
    ASSERT_TRUE(who.has_value());
    ASSERT_EQ(reader.customer_id(*who), *person.ids.begin());
    ASSERT_EQ(reader.identities(*who),
              std::vector<std::string_view>(person.ids.begin(), person.ids.end()));
    Instant earliest = instant_max;
    for (const auto& [table, rows] : person.tables) {
        if ((table[0] == 'e' || table[0] == 't') && !rows.empty()) {
            earliest = std::min(earliest, rows.front().time);
        }
    }
    for (const int number : {-9, 0, 3, 30}) {
        ASSERT_EQ(reader.exists(*who, day(number)), earliest <= day(number));
    }
    for (int number = 0; number < names_max; ++number) {
        const std::string suffix = std::to_string(number);
        if (const auto event = reader.find_event("e" + suffix)) {
            std::map<std::string, PropertyId> properties;
            for (int property = 0; property < 5; ++property) {
                if (const auto id = reader.find_property(*event, "q" + std::to_string(property))) {
                    properties["q" + std::to_string(property)] = *id;
                }
            }
            expect_rows(reader.events(*who, *event), person, "e" + suffix, properties);
        }
        if (const auto trait = reader.find_trait("t" + suffix)) {
            expect_rows(reader.trait(*who, *trait), person, "t" + suffix, {{"", PropertyId(0)}});
        }
        if (const auto purpose = reader.find_purpose("p" + suffix)) {
            expect_rows(
                reader.consent(*who, *purpose), person, "c" + suffix, {{"granted", PropertyId(0)}});
        }
    }
    expect_rows(reader.account_joins(*who), person, "j", {{"", PropertyId(0)}});
}

void expect_same(Reader& reader, const Model& model, Random& random) {
    for (int id = 0; id < ids_max; ++id) {
        const std::string name = "id" + std::to_string(id);
        const bool known =
            std::any_of(model.people.begin(), model.people.end(), [&](const ModelPerson& one) {
                return one.ids.contains(name);
            });
        ASSERT_EQ(reader.find_customer(name).has_value(), known) << name;
    }
    std::vector<ModelPerson> people = model.people;
    for (std::size_t i = people.size(); i > 1; --i) {
        std::swap(people[i - 1], people[random.below(i)]);
    }
    for (const ModelPerson& person : people) {
        ASSERT_NO_FATAL_FAILURE(expect_person(reader, person));
    }
    for (int number = 0; number < names_max; ++number) {
        const std::string suffix = std::to_string(number);
        const auto event = reader.find_event("e" + suffix);
        ASSERT_EQ(event.has_value(), model.has("e" + suffix));
        ASSERT_EQ(reader.find_trait("t" + suffix).has_value(), model.has("t" + suffix));
        ASSERT_EQ(reader.find_purpose("p" + suffix).has_value(), model.has("c" + suffix));
        for (int property = 0; event && property < 5; ++property) {
            const std::string name = "q" + std::to_string(property);
            ASSERT_EQ(reader.find_property(*event, name).has_value(), model.has("e" + suffix, name))
                << suffix << name;
        }
    }
}

void run_world(std::uint64_t seed, const StoreOptions& options) {
    Random random(seed);
    Log log(options);
    Model model;
    std::vector<std::pair<std::shared_ptr<const View>, Model>> held;
    std::optional<Reader> reader(log.view());  // turned from View to View
    for (int i = 0; i < 700; ++i) {
        step(random, log, model);
        if (random.below(25) == 0) {
            held.emplace_back(log.view(), model);
            reader->look_at(held.back().first);
            ASSERT_NO_FATAL_FAILURE(expect_same(*reader, model, random)) << "step " << i;
        }
        if (random.below(200) == 0) {
            log.fold();
            log.store.compact_all();
        }
    }
    for (const auto& [view, then] : held) {
        reader->look_at(view);
        ASSERT_NO_FATAL_FAILURE(expect_same(*reader, then, random)) << "an old view changed";
    }
    EXPECT_EQ(log.view()->totals(day(100)).merged_identities, [&] {
        std::uint64_t merged = 0;
        for (const ModelPerson& one : model.people) {
            merged += one.ids.size() - 1;
        }
        return merged;
    }());
    held.clear();
    reader.reset();
    EXPECT_TRUE(log.store.scrub());
    reader.emplace(log.view());
    ASSERT_NO_FATAL_FAILURE(expect_same(*reader, model, random));
}

TEST(RandomWorlds, AgreeWithListsAndLoopsInTinyBlocks) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        ASSERT_NO_FATAL_FAILURE(
            run_world(seed, {.range_size = 4, .delta_rows_min = 3, .delta_divisor = 2}))
            << "seed " << seed;
    }
}

TEST(RandomWorlds, AgreeWithListsAndLoopsInOneBlock) {
    for (std::uint64_t seed = 100; seed < 103; ++seed) {
        ASSERT_NO_FATAL_FAILURE(run_world(seed, {})) << "seed " << seed;
    }
}

}  // namespace
}  // namespace fineline::columns
