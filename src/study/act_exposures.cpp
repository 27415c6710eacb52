#include "study/act_exposures.h"

#include "engine/question.h"
#include "engine/settings.h"
#include "expr/binder.h"
#include "expr/parse.h"
#include "expr/view_subject.h"
#include "expr/windows.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace fineline::study {

namespace {

using Truth = expr::Truth;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr Duration a_moment{1};

double number_of(const Datum& value) {
    switch (value.kind()) {
        case ValueKind::number: return value.number();
        case ValueKind::boolean: return value.boolean() ? 1 : 0;
        case ValueKind::duration: return static_cast<double>(value.duration().count()) / 86'400e6;
        case ValueKind::timestamp:
        case ValueKind::missing:
        case ValueKind::string:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return missing;
}

/// The event of exposure and its two properties in a view.
struct ExposureNames {
    EventNameId event;
    PropertyId action;
    PropertyId propensity;
};

Result<ExposureNames> find_names(const columns::Reader& reader, const mapping::Exposure& names) {
    if (names.event.empty()) {
        return Error{
            ErrorCode::invalid_argument,
            "the purpose names no exposure: write the event that tells who was treated how "
            "under `exposure:`",
            {}};
    }
    const auto event = reader.find_event(names.event);
    if (!event) {
        return Error{ErrorCode::not_found,
                     "no event '" + names.event +
                         "' was ever recorded, which the purpose names "
                         "under `exposure:`",
                     {}};
    }
    const auto action = reader.find_property(*event, names.action);
    if (!action) {
        return Error{ErrorCode::invalid_argument,
                     "no exposure '" + names.event + "' tells its action: it has no property '" +
                         names.action + "'",
                     {}};
    }
    const auto propensity = reader.find_property(*event, names.propensity);
    if (!propensity) {
        return Error{ErrorCode::invalid_argument,
                     "no exposure '" + names.event +
                         "' tells its propensity, the probability with "
                         "which its action was chosen: it has no property '" +
                         names.propensity +
                         "'. Without it effects can't be told from habits; record it, or map it as "
                         "a constant where every arm was drawn alike",
                     {}};
    }
    return ExposureNames{*event, *action, *propensity};
}

/// What is wrong with exposures, counted; one example is named.
struct Faults {
    std::uint64_t no_action = 0;
    std::uint64_t no_propensity = 0;
    std::uint64_t impossible = 0;
    Instant no_action_at = instant_max;
    Instant no_propensity_at = instant_max;
    Instant impossible_at = instant_max;
    double impossible_value = 0;

    void add(const Faults& other) {
        no_action += other.no_action;
        no_propensity += other.no_propensity;
        no_action_at = std::min(no_action_at, other.no_action_at);
        no_propensity_at = std::min(no_propensity_at, other.no_propensity_at);
        if (other.impossible > 0 && other.impossible_at < impossible_at) {
            impossible_at = other.impossible_at;
            impossible_value = other.impossible_value;
        }
        impossible += other.impossible;
    }
};

std::string number_text(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.back() == '.' ? text + "0" : text;
}

Status check(const Faults& faults, const mapping::Exposure& names) {
    const auto say = [&](std::uint64_t count, const std::string& what, Instant example) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(count) + " exposures '" + names.event + "' " + what +
                         ", the first at " + to_iso(example),
                     {}};
    };
    if (faults.no_action > 0) {
        return say(faults.no_action,
                   "tell no action ('" + names.action + "' is missing, or no text)",
                   faults.no_action_at);
    }
    if (faults.no_propensity > 0) {
        return say(faults.no_propensity,
                   "tell no propensity ('" + names.propensity +
                       "' is missing, or no number), so what they caused can't be weighed",
                   faults.no_propensity_at);
    }
    if (faults.impossible > 0) {
        return say(faults.impossible,
                   "have a propensity that none can have: the probability with which an action was "
                   "chosen that was chosen lies above 0 and is at most 1, not " +
                       number_text(faults.impossible_value),
                   faults.impossible_at);
    }
    return done;
}

/// All questions of the panel, bound once. Thresholds are those before the first exposure.
struct Questions {
    std::optional<engine::PreparedQuestion> metric;
    std::optional<engine::PreparedQuestion> population;
    std::optional<engine::PreparedQuestion> consent;
    std::vector<engine::PreparedQuestion> segments;
    std::vector<engine::PreparedQuestion> features;
};

class Preparation {
  public:
    Preparation(const std::shared_ptr<const columns::View>& view,
                const ExposureRequest& request,
                Instant before)
        : view_(view), request_(request), before_(before) {}

    [[nodiscard]] Result<Questions> run() {
        const Purpose& purpose = *request_.purpose;
        Questions questions;
        Status status = one(purpose.population, expr::Use::segment, questions.population);
        if (status && purpose.consent) {
            const std::string text =
                expr::print(expr::Node{expr::ConsentRef{*purpose.consent}, {}});
            status = one(text, expr::Use::segment, questions.consent);
        }
        consent_ = purpose.consent;  // thresholds are of those who may be read
        if (status) {
            status = one(purpose.metric, expr::Use::metric, questions.metric);
        }
        if (status) {
            status = all(request_.segments, expr::Use::segment, questions.segments);
        }
        if (status) {
            status = all(request_.features, expr::Use::value, questions.features);
        }
        if (!status) {
            return status.error();
        }
        return questions;
    }

  private:
    Status one(const std::string& text,
               expr::Use use,
               std::optional<engine::PreparedQuestion>& question) {
        auto prepared = engine::PreparedQuestion::prepare(
            view_,
            {.text = text, .at = before_, .purpose = consent_, .threads = request_.threads},
            use);
        if (!prepared) {
            return Error{prepared.error().code, "'" + text + "': " + prepared.error().message, {}};
        }
        question = std::move(*prepared);
        return done;
    }

    Status all(const std::vector<std::string>& texts,
               expr::Use use,
               std::vector<engine::PreparedQuestion>& questions) {
        for (const std::string& text : texts) {
            std::optional<engine::PreparedQuestion> question;
            if (auto made = one(text, use, question); !made) {
                return made;
            }
            questions.push_back(std::move(*question));
        }
        return done;
    }

    const std::shared_ptr<const columns::View>& view_;
    const ExposureRequest& request_;
    Instant before_;
    std::optional<std::string> consent_;
};

/// What one thread found over its share of the customers, in their order.
struct Share {
    std::vector<std::string> action;
    std::vector<double> propensity;
    std::vector<double> outcome;
    std::vector<std::uint32_t> segment;
    std::vector<CustomerOrdinal> who;
    std::vector<Instant> when;
    std::vector<double> features;  ///< by row
    ExposurePanel::LeftOut left_out;
    Faults faults;
};

/// A program with its world, made once a pass.
struct Runnable {
    Runnable(const engine::PreparedQuestion& question, bool no_record_is_granted)
        : program(&question.program()), world(question.world()) {
        world.no_record_is_granted = no_record_is_granted;
    }

    const expr::Program* program;
    expr::World world;
};

std::vector<Runnable> runnables(const std::vector<engine::PreparedQuestion>& questions,
                                bool no_record_is_granted) {
    std::vector<Runnable> all;
    all.reserve(questions.size());
    for (const auto& question : questions) {
        all.emplace_back(question, no_record_is_granted);
    }
    return all;
}

/// What a pass reads from.
struct PassInput {
    const std::shared_ptr<const columns::View>& view;
    const ExposureRequest& request;
    const Questions& questions;
    ExposureNames names;
    TimeZone zone;
};

/// Looks at customers, each at the first exposure. One thread at a time.
class Pass {
  public:
    explicit Pass(const PassInput& input)
        : reader_(input.view),
          subject_(reader_),
          input_(input),
          horizon_(expr::to_period(input.request.purpose->horizon)),
          metric_(*input.questions.metric, granted()),
          population_(*input.questions.population, granted()),
          segments_(runnables(input.questions.segments, granted())),
          features_(runnables(input.questions.features, granted())) {
        if (input.questions.consent) {
            consent_.emplace(*input.questions.consent, granted());
        }
    }

    [[nodiscard]] Share run(std::uint32_t begin, std::uint32_t end) {
        for (std::uint32_t i = begin; i < end; ++i) {
            const CustomerOrdinal who{i};
            if (reader_.exists(who, input_.request.at)) {
                subject_.move_to(who);
                look_at(who);
            }
        }
        return std::move(share_);
    }

  private:
    [[nodiscard]] bool granted() const { return input_.request.purpose->no_record_is_granted; }

    [[nodiscard]] Truth truth(const Runnable& question, Instant now) {
        return evaluator_.truth(*question.program, subject_, question.world, now);
    }

    void look_at(CustomerOrdinal who) {
        const columns::EventRows exposures = reader_.events(who, input_.names.event);
        const std::uint32_t seen = exposures.count_until(input_.request.at);
        if (seen == 0) {
            return;
        }
        const Instant at = exposures.time(0);
        share_.left_out.later_exposures += seen - 1;
        if (!is_wanted(at)) {
            return;
        }
        const std::optional<std::string> action = text_of(exposures.value(input_.names.action, 0));
        const double propensity = number_of(exposures.value(input_.names.propensity, 0));
        if (!is_sound(action, propensity, at)) {
            return;
        }
        const double outcome =
            number_of(evaluator_.value(*metric_.program, subject_, metric_.world, at));
        if (!std::isfinite(outcome)) {
            ++share_.left_out.without_metric;
            return;
        }
        share_.action.push_back(*action);
        share_.propensity.push_back(propensity);
        share_.outcome.push_back(outcome);
        share_.who.push_back(who);
        share_.when.push_back(at);
        const Instant before = at - a_moment;
        share_.segment.push_back(first_segment(before));
        for (const Runnable& feature : features_) {
            share_.features.push_back(
                number_of(evaluator_.value(*feature.program, subject_, feature.world, before)));
        }
    }

    [[nodiscard]] bool is_wanted(Instant at) {
        const Instant before = at - a_moment;
        if (truth(population_, before) != Truth::yes) {
            ++share_.left_out.not_eligible;
            return false;
        }
        if (consent_) {
            const Truth given = truth(*consent_, before);
            if (given != Truth::yes && !(given == Truth::unknown && granted())) {
                ++share_.left_out.unreachable;
                return false;
            }
        }
        if (expr::plus(input_.zone, at, horizon_) > input_.request.at) {
            ++share_.left_out.window_open;
            return false;
        }
        return true;
    }

    [[nodiscard]] static std::optional<std::string> text_of(const Datum& value) {
        switch (value.kind()) {
            case ValueKind::string: return std::string(value.string());
            case ValueKind::boolean: return std::string(value.boolean() ? "true" : "false");
            case ValueKind::number: return number_text(value.number());
            case ValueKind::duration:
            case ValueKind::timestamp:
            case ValueKind::missing:
            case ValueKind::list:
            case ValueKind::withheld: break;
        }
        return std::nullopt;
    }

    [[nodiscard]] bool is_sound(const std::optional<std::string>& action,
                                double propensity,
                                Instant at) {
        Faults& faults = share_.faults;
        if (!action) {
            ++faults.no_action;
            faults.no_action_at = std::min(faults.no_action_at, at);
            return false;
        }
        if (!std::isfinite(propensity)) {
            ++faults.no_propensity;
            faults.no_propensity_at = std::min(faults.no_propensity_at, at);
            return false;
        }
        if (!(propensity > 0 && propensity <= 1)) {
            ++faults.impossible;
            faults.impossible_value =
                at < faults.impossible_at ? propensity : faults.impossible_value;
            faults.impossible_at = std::min(faults.impossible_at, at);
            return false;
        }
        return true;
    }

    [[nodiscard]] std::uint32_t first_segment(Instant before) {
        std::uint32_t s = 0;
        while (s < segments_.size() && truth(segments_[s], before) != Truth::yes) {
            ++s;
        }
        return s;
    }

    columns::Reader reader_;
    expr::ViewSubject subject_;
    expr::Evaluator evaluator_;
    const PassInput& input_;
    expr::BoundPeriod horizon_;
    Runnable metric_;
    Runnable population_;
    std::optional<Runnable> consent_;
    std::vector<Runnable> segments_;
    std::vector<Runnable> features_;
    Share share_;
};

void add(ExposurePanel::LeftOut& all, const ExposurePanel::LeftOut& some) {
    all.later_exposures += some.later_exposures;
    all.not_eligible += some.not_eligible;
    all.unreachable += some.unreachable;
    all.window_open += some.window_open;
    all.without_metric += some.without_metric;
}

/// Joins the shares and numbers the actions by name.
ExposurePanel join(const std::vector<Share>& shares, const ExposureRequest& request) {
    std::map<std::string, std::uint32_t> numbers;
    for (const Share& share : shares) {
        for (const std::string& action : share.action) {
            numbers.emplace(action, 0);
        }
    }
    ExposurePanel panel;
    for (auto& [name, number] : numbers) {
        number = static_cast<std::uint32_t>(panel.actions.size());
        panel.actions.push_back(name);
    }
    panel.trial.actions = panel.actions.size();
    panel.features.resize(request.features.size());
    const auto append = [](auto& all, const auto& some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    for (const Share& share : shares) {
        for (const std::string& action : share.action) {
            panel.trial.action.push_back(numbers.at(action));
        }
        append(panel.trial.propensity, share.propensity);
        append(panel.trial.outcome, share.outcome);
        append(panel.trial.segment, share.segment);
        append(panel.who, share.who);
        append(panel.when, share.when);
        for (std::size_t i = 0; i < share.features.size(); ++i) {
            panel.features[i % panel.features.size()].push_back(share.features[i]);
        }
        add(panel.left_out, share.left_out);
    }
    const auto none = static_cast<std::uint32_t>(request.segments.size());
    const auto& segment = panel.trial.segment;
    const bool anybody_left = std::find(segment.begin(), segment.end(), none) != segment.end();
    panel.trial.segments = request.segments.size() + (anybody_left ? 1 : 0);
    for (const Instant at : panel.when) {
        panel.first = std::min(panel.first, at);
        panel.last = std::max(panel.last, at);
    }
    return panel;
}

Status check(const ExposurePanel& panel, const mapping::Exposure& names) {
    const std::string event = "'" + names.event + "'";
    if (panel.trial.rows() == 0) {
        return Error{ErrorCode::invalid_argument,
                     "no exposure " + event +
                         " can be used: " + std::to_string(panel.left_out.not_eligible) +
                         " outside the population, " + std::to_string(panel.left_out.unreachable) +
                         " without consent, " + std::to_string(panel.left_out.window_open) +
                         " whose outcome window is not over, " +
                         std::to_string(panel.left_out.without_metric) + " without a metric",
                     {}};
    }
    if (panel.actions.size() < 2) {
        return Error{ErrorCode::invalid_argument,
                     "all exposures " + event + " have one action, '" + panel.actions.front() +
                         "': with nothing to compare it to, nothing can be said of what it does. "
                         "Record those who were left alone as exposures to an action of their own",
                     {}};
    }
    return done;
}

}  // namespace

Result<ExposurePanel> read_exposures(const std::shared_ptr<const columns::View>& view,
                                     const ExposureRequest& request) {
    const mapping::Exposure& exposure = request.purpose->exposure;
    const columns::Reader reader(view);
    const auto names = find_names(reader, exposure);
    if (!names) {
        return names.error();
    }
    const Instant before = view->summary(names->event).first_seen - a_moment;
    const auto questions = Preparation(view, request, before).run();
    if (!questions) {
        return questions.error();
    }
    auto settings = engine::evaluation_settings(*view);
    if (!settings) {
        return settings.error();
    }
    const PassInput input{view, request, *questions, *names, settings->zone};
    const std::uint32_t count = reader.ordinal_count();
    const unsigned parts = std::max(1U, request.threads);
    const std::uint32_t step = count / parts + 1;
    std::vector<Share> shares(parts);
    for_each_index(parts, parts, [&](std::size_t part) {
        const auto begin = std::min(count, static_cast<std::uint32_t>(part) * step);
        shares[part] = Pass(input).run(begin, std::min(count, begin + step));
    });
    Faults faults;
    for (const Share& share : shares) {
        faults.add(share.faults);
    }
    if (auto sound = check(faults, exposure); !sound) {
        return sound.error();
    }
    if (auto healthy = view->health(); !healthy) {
        return healthy.error();
    }
    ExposurePanel panel = join(shares, request);
    if (auto sound = check(panel, exposure); !sound) {
        return sound.error();
    }
    return panel;
}

}  // namespace fineline::study
