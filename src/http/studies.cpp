#include "http/studies.h"

#include "base/json.h"
#include "control/secrets.h"
#include "model/limits.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace fineline::http {

namespace {

bool has_ended(const StudyStatus& study) {
    return study.state != StudyState::queued && study.state != StudyState::running;
}

/// What a kept study was asked for, beside its kind and purpose.
std::string order_text(const StudyStatus& study) {
    return Json().set("method", study.order.method).set("asked_at", to_iso(study.asked_at)).text();
}

StudyKind kind_of(std::string_view name) {
    for (const StudyKind kind : {StudyKind::audit, StudyKind::curve, StudyKind::discover}) {
        if (name == to_string(kind)) {
            return kind;
        }
    }
    return StudyKind::audit;
}

StudyStatus status_of(const control::KeptStudy& kept) {
    StudyStatus study;
    study.id = kept.id;
    study.order.kind = kind_of(kept.kind);
    study.order.purpose = kept.purpose;
    study.state = StudyState::done;
    study.asked_at = kept.ended_at;
    study.ended_at = kept.ended_at;
    const auto order = parse_json(kept.order);
    const Json* method = order ? order->find("method") : nullptr;
    if (method != nullptr && method->string() != nullptr) {
        study.order.method = *method->string();
    }
    return study;
}

}  // namespace

const char* to_string(StudyState state) {
    switch (state) {
        case StudyState::queued: return "queued";
        case StudyState::running: return "running";
        case StudyState::done: return "done";
        case StudyState::failed: return "failed";
        case StudyState::cancelled: return "cancelled";
    }
    return "queued";
}

/// Everything but the references is guarded by `lock`.
struct Studies::State {
    State(engine::Live& lives, control::ControlStore& keeps, const Clock& tells, const Log& writes)
        : live(lives), control(keeps), clock(tells), log(writes) {}

    engine::Live& live;
    control::ControlStore& control;
    const Clock& clock;
    const Log& log;
    mutable std::mutex lock;
    std::condition_variable changed;
    std::deque<StudyStatus> all;  ///< oldest first
    std::string running;          ///< the id of the one that runs; "" if none does
    std::string cancelled_why;    ///< of the running one; "" while it may go on
    int holds = 0;
    bool stopping = false;
    std::thread worker;

    [[nodiscard]] StudyStatus* find(std::string_view id);
    [[nodiscard]] StudyStatus* next_queued();
    [[nodiscard]] bool make_room();
    void work();
    void run(const StudyStatus& study);
    [[nodiscard]] bool go_on(const std::string& id, const std::string& what, double share);
    void end(const StudyStatus& study, const Result<Json>& result);
};

StudyStatus* Studies::State::find(std::string_view id) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const StudyStatus& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

StudyStatus* Studies::State::next_queued() {
    const auto found = std::find_if(all.begin(), all.end(), [](const StudyStatus& one) {
        return one.state == StudyState::queued;
    });
    return found == all.end() ? nullptr : &*found;
}

/// Forgets the oldest that has ended, if there are too many.
bool Studies::State::make_room() {
    if (all.size() < limits::studies_max) {
        return true;
    }
    const auto ended = std::find_if(all.begin(), all.end(), has_ended);
    if (ended == all.end()) {
        return false;
    }
    all.erase(ended);
    return true;
}

void Studies::State::work() {
    while (true) {
        StudyStatus study;
        {
            std::unique_lock guard(lock);
            changed.wait(guard,
                         [&] { return stopping || (holds == 0 && next_queued() != nullptr); });
            if (stopping) {
                return;
            }
            StudyStatus* next = next_queued();
            next->state = StudyState::running;
            running = next->id;
            cancelled_why.clear();
            study = *next;
        }
        run(study);
    }
}

void Studies::State::run(const StudyStatus& study) {
    const auto progress = [&](const std::string& what, double share) {
        return go_on(study.id, what, share);
    };
    Result<Json> result = Json();
    {
        const StudyData data{.view = live.view()->columns(), .arrived_until = [this](Instant at) {
                                 return live.arrived_until(at);
                             }};
        result = run_study(data, study.order, progress);
        if (const auto sound = data.view->health(); !sound) {
            result = sound.error();
        }
    }
    end(study, result);
}

bool Studies::State::go_on(const std::string& id, const std::string& what, double share) {
    const std::lock_guard guard(lock);
    if (StudyStatus* study = find(id)) {
        study->step = what;
        study->fraction = std::clamp(share, 0.0, 1.0);
    }
    return cancelled_why.empty();
}

void Studies::State::end(const StudyStatus& study, const Result<Json>& result) {
    const Instant now = clock.now();
    const std::lock_guard guard(lock);
    Status kept = done;
    if (result && cancelled_why.empty()) {
        kept = control.keep_study({.kind = to_string(study.order.kind),
                                   .purpose = study.order.purpose,
                                   .id = study.id,
                                   .order = order_text(study),
                                   .ended_at = now,
                                   .result = result->text()});
    }
    if (StudyStatus* known = find(study.id)) {
        known->step.clear();
        known->fraction.reset();
        known->ended_at = now;
        const Status outcome = result ? kept : Status(result.error());
        if (!cancelled_why.empty()) {
            known->state = StudyState::cancelled;
            known->error = cancelled_why;
        } else if (!outcome) {
            known->state = StudyState::failed;
            known->error = outcome.error().message;
        } else {
            known->state = StudyState::done;
        }
        log.write(
            LogLevel::info,
            "study",
            Json()
                .set("kind", to_string(study.order.kind))
                .set("state", to_string(known->state))
                .set("ms",
                     static_cast<double>(
                         std::chrono::duration_cast<std::chrono::milliseconds>(now - study.asked_at)
                             .count())));
    }
    running.clear();
    changed.notify_all();
}

Studies::Studies(engine::Live& live,
                 control::ControlStore& control,
                 const Clock& clock,
                 const Log& log)
    : state_(std::make_unique<State>(live, control, clock, log)) {
    auto kept = control.kept_studies();
    if (!kept) {
        log.write(LogLevel::error, "studies", Json().set("message", kept.error().message));
    } else {
        for (const control::KeptStudy& study : *kept) {
            state_->all.push_front(status_of(study));
        }
    }
    state_->worker = std::thread([raw = state_.get()] { raw->work(); });
}

Studies::~Studies() {
    stop();
}

Result<StudyStatus> Studies::start(const StudyOrder& order) {
    if (auto sound = check_order(state_->live.view()->columns(), order); !sound) {
        return sound.error();
    }
    const std::lock_guard guard(state_->lock);
    if (!state_->make_room()) {
        return Error{ErrorCode::limit_exceeded,
                     std::to_string(limits::studies_max) + " studies are waiting already",
                     {}};
    }
    StudyStatus study;
    study.id = control::random_id();
    study.order = order;
    study.asked_at = state_->clock.now();
    state_->all.push_back(study);
    state_->changed.notify_all();
    return study;
}

Result<StudyStatus> Studies::find(std::string_view id) const {
    const std::lock_guard guard(state_->lock);
    const StudyStatus* study = state_->find(id);
    if (study == nullptr) {
        return Error{ErrorCode::not_found, "no study has the id '" + std::string(id) + "'", {}};
    }
    return *study;
}

Result<std::optional<std::string>> Studies::result(std::string_view id) const {
    auto kept = state_->control.kept_study(id);
    if (!kept && kept.error().code == ErrorCode::not_found) {
        return std::optional<std::string>();
    }
    return kept ? Result<std::optional<std::string>>(std::move(kept->result))
                : Result<std::optional<std::string>>(kept.error());
}

std::vector<StudyStatus> Studies::list() const {
    const std::lock_guard guard(state_->lock);
    return {state_->all.rbegin(), state_->all.rend()};
}

Status Studies::cancel(std::string_view id) {
    const std::lock_guard guard(state_->lock);
    StudyStatus* study = state_->find(id);
    if (study == nullptr) {
        return Error{ErrorCode::not_found, "no study has the id '" + std::string(id) + "'", {}};
    }
    if (study->state == StudyState::queued) {
        study->state = StudyState::cancelled;
        study->error = "cancelled before it began";
        study->ended_at = state_->clock.now();
    } else if (study->state == StudyState::running) {
        state_->cancelled_why = "cancelled";
    }
    return done;
}

void Studies::stop() {
    {
        const std::lock_guard guard(state_->lock);
        state_->stopping = true;
        state_->cancelled_why = "the server stopped";
        state_->changed.notify_all();
    }
    if (state_->worker.joinable()) {
        state_->worker.join();
    }
}

Studies::Hold::Hold(Studies& studies) : studies_(studies) {
    State& state = *studies.state_;
    std::unique_lock guard(state.lock);
    ++state.holds;
    if (!state.running.empty()) {
        state.cancelled_why = "a customer was erased meanwhile: ask again";
    }
    state.changed.wait(guard, [&] { return state.running.empty(); });
}

Studies::Hold::~Hold() {
    State& state = *studies_.state_;
    const std::lock_guard guard(state.lock);
    --state.holds;
    state.changed.notify_all();
}

}  // namespace fineline::http
