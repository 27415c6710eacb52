#include "membership/transition.h"

namespace fineline::membership {

const char* to_string(Cause cause) {
    switch (cause) {
        case Cause::event: return "event";
        case Cause::clock: return "clock";
        case Cause::definition: return "definition";
        case Cause::thresholds: return "thresholds";
        case Cause::settings: return "settings";
        case Cause::merge: return "merge";
        case Cause::erasure: return "erasure";
        case Cause::catch_up: return "catch_up";
    }
    return "";
}

const char* to_string(Direction direction) {
    return direction == Direction::entered ? "entered" : "left";
}

}  // namespace fineline::membership
