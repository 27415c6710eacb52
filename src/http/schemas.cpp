#include "http/schemas.h"

#include "http/console_schemas.h"

#include <array>
#include <vector>

namespace fineline::http {

namespace {

constexpr std::array all{
    Schema{"accepted",
           R"({"type":"object","properties":{"success":{"type":"boolean"}},"required":["success"],)"
           R"("additionalProperties":false})"},
    Schema{"answer",
           R"({"type":"object","properties":{"expression":{"type":"string"},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"warnings":{"type":"array","items":{"type":"string"}},"count":{)"
           R"("type":"integer","minimum":0},"customers":{"type":"integer","minimum":0},)"
           R"("occasions":{"type":"integer","minimum":0},"unknown":{"type":"integer","minimum":0},)"
           R"("members":{"type":"array","items":{"oneOf":[{"type":"string"},{"type":"object",)"
           R"("properties":{"customer":{"type":"string"},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["customer","at"],"additionalProperties":false}]}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["expression","at","warnings",)"
           R"("count","unknown","members","freshness"],"additionalProperties":false})"},
    Schema{"any", R"({"type":"object"})"},
    Schema{"change",
           R"({"type":"object","properties":{"number":{"type":"integer","minimum":0},"customer":{)"
           R"("type":"string"},"segment":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"direction":{"type":"string","enum":["entered","left"]},"at":{)"
           R"("type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"cause":{"type":"string","enum":["event","clock","definition","thresholds",)"
           R"("settings","merge","erasure","catch_up"]}},"required":["number","customer",)"
           R"("segment","version","direction","at","cause"],"additionalProperties":false})"},
    Schema{"change_page",
           R"({"type":"object","properties":{"changes":{"type":"array","items":{)"
           R"("$ref":"#/components/schemas/change"}},"last":{"type":"integer","minimum":0},)"
           R"("oldest_kept":{"type":"integer","minimum":0},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["changes","last",)"
           R"("oldest_kept","freshness"],"additionalProperties":false})"},
    Schema{"customer",
           R"({"type":"object","properties":{"customer":{"type":"string"},"identities":{)"
           R"("type":"array","items":{"type":"string"}},"traits":{"type":"array","items":{)"
           R"("type":"object","properties":{"trait":{"type":"string"},"value":{},"since":{)"
           R"("type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"current":{"type":"boolean"},"source":{"type":"string"}},"required":["trait",)"
           R"("value","since","current","source"],"additionalProperties":false}},"accounts":{)"
           R"("type":"array","items":{"type":"object","properties":{"account":{"type":"string"},)"
           R"("since":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"traits":{"type":"object"}},"required":["account","since","traits"],)"
           R"("additionalProperties":false}},"consents":{"type":"array","items":{"type":"object",)"
           R"("properties":{"purpose":{"type":"string"},"granted":{"type":["boolean","null"]},)"
           R"("since":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["purpose","granted","since"],"additionalProperties":false}},)"
           R"("events":{"type":"integer","minimum":0},"future_events":{"type":"integer",)"
           R"("minimum":0},"timeline":{"type":"array","items":{)"
           R"("$ref":"#/components/schemas/timed_event"}},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"freshness":{"$ref":"#/components/schemas/freshness"}},"required":["customer",)"
           R"("identities","traits","accounts","consents","events","future_events","timeline",)"
           R"("at","freshness"],"additionalProperties":false})"},
    Schema{"customer_segments",
           R"({"type":"object","properties":{"customer":{"type":"string"},"segments":{)"
           R"("type":"array","items":{"type":"object","properties":{"segment":{"type":"string"},)"
           R"("version":{"type":"integer","minimum":0},"since":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["segment","version","since"],"additionalProperties":false}},)"
           R"("as_of":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"holds_until":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"freshness":{"$ref":"#/components/schemas/freshness"}},"required":["customer",)"
           R"("segments","as_of","holds_until","freshness"],"additionalProperties":false})"},
    Schema{"dead_letter_list",
           R"({"type":"object","properties":{"dead_letters":{"type":"array","items":{)"
           R"("type":"object","properties":{"id":{"type":"integer","minimum":0},"first":{)"
           R"("type":"integer","minimum":0},"last":{"type":"integer","minimum":0},"given_up_at":{)"
           R"("type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"error":{"type":"string"}},"required":["id","first","last","given_up_at",)"
           R"("error"],"additionalProperties":false}}},"required":["dead_letters"],)"
           R"("additionalProperties":false})"},
    Schema{"defined",
           R"({"type":"object","properties":{"name":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"expression":{"type":"string"},"unchanged":{"type":"boolean"},)"
           R"("warnings":{"type":"array","items":{"type":"string"}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["name","version","expression",)"
           R"("unchanged","warnings","freshness"],"additionalProperties":false})"},
    Schema{"erasure_receipt",
           R"({"type":"object","properties":{"receipt":{"type":"string"},"erased_at":{)"
           R"("type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"identities":{"type":"array","items":{"type":"string"}},"log_records":{)"
           R"("type":"integer","minimum":0},"log_batches":{"type":"integer","minimum":0},)"
           R"("set_aside":{"type":"integer","minimum":0},"events":{"type":"array","items":{)"
           R"("type":"object","properties":{"event":{"type":"string"},"count":{"type":"integer",)"
           R"("minimum":0}},"required":["event","count"],"additionalProperties":false}},)"
           R"("trait_values":{"type":"integer","minimum":0},"not_reached":{"type":"array",)"
           R"("items":{"type":"string"}}},"required":["receipt","erased_at","identities",)"
           R"("log_records","log_batches","set_aside","events","trait_values","not_reached"],)"
           R"("additionalProperties":false})"},
    Schema{"error",
           R"({"type":"object","properties":{"code":{"type":"string","enum":["invalid_argument",)"
           R"("not_found","conflict","limit_exceeded","forbidden","corrupt","io","unavailable",)"
           R"("internal"]},"message":{"type":"string"},"begin":{"type":"integer","minimum":0},)"
           R"("end":{"type":"integer","minimum":0},"dependants":{"type":"array","items":{)"
           R"("type":"string"}}},"required":["code","message"],"additionalProperties":false})"},
    Schema{"explain_body",
           R"({"type":"object","properties":{"expression":{"type":"string","minLength":1},)"
           R"("customer":{"type":"string"},"at":{"type":"string"},"purpose":{"type":"string"}},)"
           R"("required":["expression","customer"],"additionalProperties":false})"},
    Schema{"explained",
           R"({"type":"object","properties":{"text":{"type":"string"},"value":{"type":"string"},)"
           R"("truth":{"$ref":"#/components/schemas/truth"},"reason":{"type":"string"},)"
           R"("holds_until":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"evidence":{"type":"array","items":{"type":"string"}},"parts":{"type":"array",)"
           R"("items":{"$ref":"#/components/schemas/explained"}}},"required":["text","value",)"
           R"("truth","reason","holds_until","evidence","parts"],"additionalProperties":false})"},
    Schema{"explanation",
           R"({"type":"object","properties":{"expression":{"type":"string"},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"warnings":{"type":"array","items":{"type":"string"}},"customer":{)"
           R"("type":"string"},"truth":{"$ref":"#/components/schemas/truth"},"holds_until":{)"
           R"("type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"explanation":{"$ref":"#/components/schemas/explained"},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["expression","at","warnings",)"
           R"("customer","truth","holds_until","explanation","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"expression_body",
           R"({"type":"object","properties":{"expression":{"type":"string","minLength":1}},)"
           R"("required":["expression"],"additionalProperties":false})"},
    Schema{"field_list",
           R"({"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},)"
           R"("kinds":{"type":"object","additionalProperties":{"type":"integer","minimum":0}}},)"
           R"("required":["name","kinds"],"additionalProperties":false}})"},
    Schema{"freshness",
           R"({"type":"object","properties":{"as_of":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"position":{"type":"integer","minimum":0},"last_change":{"type":"integer",)"
           R"("minimum":0},"watermark":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"lag_seconds":{"type":["number","null"]},"due_lag_seconds":{"type":"number"}},)"
           R"("required":["as_of","position","last_change","watermark","lag_seconds",)"
           R"("due_lag_seconds"],"additionalProperties":false})"},
    Schema{"health",
           R"({"type":"object","properties":{"status":{"type":"string","enum":["ok","failed"]},)"
           R"("failure":{"type":"string"},"columns_mended":{"type":"integer","minimum":0}},)"
           R"("required":["status","failure","columns_mended"],)"
           R"("additionalProperties":false})"},
    Schema{
        "key_body",
        R"({"type":"object","properties":{"name":{"type":"string","minLength":1,)"
        R"("maxLength":64},"kind":{"type":"string","enum":["write","admin"]},)"
        R"("source":{"type":"string","minLength":1,"maxLength":64,)"
        R"("description":"messages are told apart within their source; `messages` unless said"}},)"
        R"("required":["name","kind"],"additionalProperties":false})"},
    Schema{"key_list",
           R"({"type":"object","properties":{"keys":{"type":"array","items":{"type":"object",)"
           R"("properties":{"id":{"type":"string"},"kind":{"type":"string","enum":["write",)"
           R"("admin"]},"name":{"type":"string"},"source":{"type":"string"},)"
           R"("created_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"revoked_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["id","kind","name","source","created_at","revoked_at"],)"
           R"("additionalProperties":false}}},"required":["keys"],"additionalProperties":false})"},
    Schema{"key_revoked",
           R"({"type":"object","properties":{"id":{"type":"string"},"revoked":{"type":"boolean"}},)"
           R"("required":["id","revoked"],"additionalProperties":false})"},
    Schema{"member_page",
           R"({"type":"object","properties":{"name":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"size":{"type":"integer","minimum":0},"members":{"type":"array",)"
           R"("items":{"type":"object","properties":{"customer":{"type":"string"},"since":{)"
           R"("type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["customer","since"],"additionalProperties":false}},"next":{)"
           R"("type":["string","null"]},"freshness":{"$ref":"#/components/schemas/freshness"}},)"
           R"("required":["name","version","size","members","next","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"new_key",
           R"({"type":"object","properties":{"id":{"type":"string"},"kind":{"type":"string",)"
           R"("enum":["write","admin"]},"name":{"type":"string"},"source":{"type":"string"},)"
           R"("created_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"revoked_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"secret":{"type":"string"}},"required":["id","kind","name","source",)"
           R"("created_at","revoked_at","secret"],"additionalProperties":false})"},
    Schema{"new_webhook",
           R"({"type":"object","properties":{"id":{"type":"string"},"url":{"type":"string"},)"
           R"("segments":{"type":"array","items":{"type":"string"}},"created_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"delivered":{"type":"integer","minimum":0},"failures":{"type":"integer",)"
           R"("minimum":0},"retry_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"last_error":{"type":"string"},"secret":{"type":"string"}},"required":["id",)"
           R"("url","segments","created_at","delivered","failures","retry_at","last_error",)"
           R"("secret"],"additionalProperties":false})"},
    Schema{"purpose",
           R"({"type":"object","properties":{"name":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"text":{"type":"string"},"defined_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"freshness":{"$ref":"#/components/schemas/freshness"}},"required":["name",)"
           R"("version","text","defined_at","freshness"],"additionalProperties":false})"},
    Schema{"purpose_body",
           R"({"type":"object","properties":{"text":{"type":"string","minLength":1}},)"
           R"("required":["text"],"additionalProperties":false})"},
    Schema{"purpose_list",
           R"({"type":"object","properties":{"purposes":{"type":"array","items":{"type":"object",)"
           R"("properties":{"name":{"type":"string"},"version":{"type":"integer","minimum":0},)"
           R"("text":{"type":"string"},"defined_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"}},"required":["name","version","text","defined_at"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["purposes","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"purpose_removed",
           R"({"type":"object","properties":{"name":{"type":"string"},"removed":{)"
           R"("type":"boolean"}},"required":["name","removed"],"additionalProperties":false})"},
    Schema{"purpose_stored",
           R"({"type":"object","properties":{"name":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"unchanged":{"type":"boolean"},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["name","version","unchanged",)"
           R"("freshness"],"additionalProperties":false})"},
    Schema{"quarantine_page",
           R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object",)"
           R"("properties":{"id":{"type":"integer","minimum":0},"received_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"source":{"type":"string"},"reason":{"type":"string"},"message":{)"
           R"("type":"string"},"text":{"type":"string"}},"required":["id","received_at","source",)"
           R"("reason","message","text"],"additionalProperties":false}},"totals":{"type":"array",)"
           R"("items":{"type":"object","properties":{"source":{"type":"string"},"reason":{)"
           R"("type":"string"},"items":{"type":"integer","minimum":0}},"required":["source",)"
           R"("reason","items"],"additionalProperties":false}},"next_before":{"type":["integer",)"
           R"("null"],"minimum":0},"freshness":{"$ref":"#/components/schemas/freshness"}},)"
           R"("required":["items","totals","next_before","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"question",
           R"({"type":"object","properties":{"expression":{"type":"string","minLength":1},"at":{)"
           R"("type":"string"},"purpose":{"type":"string"},"limit":{"type":"integer",)"
           R"("minimum":0}},"required":["expression"],"additionalProperties":false})"},
    Schema{"ready",
           R"({"type":"object","properties":{"status":{"type":"string","enum":["ready",)"
           R"("not ready"]},"queue_batches":{"type":"integer","minimum":0},"due_backlog":{)"
           R"("type":"integer","minimum":0}},"required":["status","queue_batches","due_backlog"],)"
           R"("additionalProperties":false})"},
    Schema{"removal",
           R"({"type":"object","properties":{"name":{"type":"string"},"members":{"type":"integer",)"
           R"("minimum":0},"dependants":{"type":"array","items":{"type":"string"}},"removed":{)"
           R"("type":"boolean"},"freshness":{"$ref":"#/components/schemas/freshness"}},)"
           R"("required":["name","members","dependants","removed","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"replay_body",
           R"({"type":"object","properties":{"after":{"type":"integer","minimum":0}},)"
           R"("required":["after"],"additionalProperties":false})"},
    Schema{"schema",
           R"({"type":"object","properties":{"events":{"type":"integer","minimum":0},"customers":{)"
           R"("type":"integer","minimum":0},"customers_without_events":{"type":"integer",)"
           R"("minimum":0},"merged_identities":{"type":"integer","minimum":0},"future_events":{)"
           R"("type":"integer","minimum":0},"event_names":{"type":"array","items":{)"
           R"("type":"object","properties":{"name":{"type":"string"},"count":{"type":"integer",)"
           R"("minimum":0},"first_seen":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"last_seen":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"properties":{"$ref":"#/components/schemas/field_list"}},"required":["name",)"
           R"("count","first_seen","last_seen","properties"],"additionalProperties":false}},)"
           R"("traits":{"$ref":"#/components/schemas/field_list"},"account_traits":{)"
           R"("$ref":"#/components/schemas/field_list"},"purposes":{"type":"array","items":{)"
           R"("type":"string"}},"oddities":{"type":"array","items":{"type":"object","properties":{)"
           R"("where":{"type":"string"},"what":{"type":"string"}},"required":["where","what"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["events","customers",)"
           R"("customers_without_events","merged_identities","future_events","event_names",)"
           R"("traits","account_traits","purposes","oddities","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"sdk_settings",
           R"({"type":"object","properties":{"integrations":{"type":"object"}},)"
           R"("required":["integrations"]})"},
    Schema{"segment",
           R"({"type":"object","properties":{"name":{"type":"string"},"version":{"type":"integer",)"
           R"("minimum":0},"newest_version":{"type":"integer","minimum":0},"expression":{)"
           R"("type":"string"},"size":{"type":"integer","minimum":0},"state":{"type":"string",)"
           R"("enum":["ready","backfilling","failed"]},"progress_percent":{"type":"integer",)"
           R"("minimum":0},"error":{"type":"string"},"since":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"thresholds_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"refers_to":{"type":"array","items":{"type":"string"}},"dependants":{)"
           R"("type":"array","items":{"type":"string"}},"warnings":{"type":"array","items":{)"
           R"("type":"string"}},"freshness":{"$ref":"#/components/schemas/freshness"}},)"
           R"("required":["name","version","newest_version","expression","size","state",)"
           R"("progress_percent","error","since","thresholds_at","refers_to","dependants",)"
           R"("warnings","freshness"],"additionalProperties":false})"},
    Schema{"segment_list",
           R"({"type":"object","properties":{"segments":{"type":"array","items":{"type":"object",)"
           R"("properties":{"name":{"type":"string"},"version":{"type":"integer","minimum":0},)"
           R"("newest_version":{"type":"integer","minimum":0},"expression":{"type":"string"},)"
           R"("size":{"type":"integer","minimum":0},"state":{"type":"string","enum":["ready",)"
           R"("backfilling","failed"]},"progress_percent":{"type":"integer","minimum":0},"error":{)"
           R"("type":"string"},"since":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"thresholds_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"refers_to":{"type":"array","items":{"type":"string"}},"dependants":{)"
           R"("type":"array","items":{"type":"string"}},"warnings":{"type":"array","items":{)"
           R"("type":"string"}}},"required":["name","version","newest_version","expression",)"
           R"("size","state","progress_percent","error","since","thresholds_at","refers_to",)"
           R"("dependants","warnings"],"additionalProperties":false}},"portfolio_version":{)"
           R"("type":"integer","minimum":0},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["segments",)"
           R"("portfolio_version","freshness"],"additionalProperties":false})"},
    Schema{"segment_sizes",
           R"({"type":"object","properties":{"name":{"type":"string"},"sizes":{"type":"array",)"
           R"("items":{"type":"object","properties":{"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"size":{"type":"integer","minimum":0}},"required":["at","size"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["name","sizes","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"segment_versions",
           R"({"type":"object","properties":{"name":{"type":"string"},"versions":{"type":"array",)"
           R"("items":{"type":"object","properties":{"version":{"type":"integer","minimum":0},)"
           R"("expression":{"type":"string"},"defined_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"archived":{"type":"boolean"},"warnings":{"type":"array","items":{)"
           R"("type":"string"}}},"required":["version","expression","defined_at","archived",)"
           R"("warnings"],"additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["name","versions",)"
           R"("freshness"],"additionalProperties":false})"},
    Schema{"setting_body",
           R"({"type":"object","properties":{"value":{"type":"string"}},"required":["value"],)"
           R"("additionalProperties":false})"},
    Schema{"setting_list",
           R"({"type":"object","properties":{"settings":{"type":"array","items":{"type":"object",)"
           R"("properties":{"name":{"type":"string"},"value":{"type":"string"},"default":{)"
           R"("type":"string"},"summary":{"type":"string"}},"required":["name","value","default",)"
           R"("summary"],"additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["settings","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"setting_stored",
           R"({"type":"object","properties":{"name":{"type":"string"},"value":{"type":"string"},)"
           R"("version":{"type":"integer","minimum":0},"unchanged":{"type":"boolean"},)"
           R"("freshness":{"$ref":"#/components/schemas/freshness"}},"required":["name","value",)"
           R"("version","unchanged","freshness"],"additionalProperties":false})"},
    Schema{"timed_event",
           R"({"type":"object","properties":{"event":{"type":"string"},"time":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"properties":{"type":"object"}},"required":["event","time","properties"],)"
           R"("additionalProperties":false})"},
    Schema{"timeline",
           R"({"type":"object","properties":{"customer":{"type":"string"},"events":{)"
           R"("type":"array","items":{"$ref":"#/components/schemas/timed_event"}},"next_before":{)"
           R"("type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"freshness":{"$ref":"#/components/schemas/freshness"}},"required":["customer",)"
           R"("events","next_before","freshness"],"additionalProperties":false})"},
    Schema{"tracking_batch",
           R"({"type":"object","properties":{"batch":{"type":"array","items":{)"
           R"("$ref":"#/components/schemas/tracking_message"}},"writeKey":{"type":"string"},)"
           R"("sentAt":{"type":"string"},"context":{"type":"object"},"integrations":{)"
           R"("type":"object"}},"required":["batch"]})"},
    Schema{"tracking_message",
           R"({"type":"object","properties":{"type":{"type":"string","enum":["track","identify",)"
           R"("page","screen","group","alias"]},"userId":{"type":"string"},"anonymousId":{)"
           R"("type":"string"},"event":{"type":"string"},"properties":{"type":"object"},"traits":{)"
           R"("type":"object"},"groupId":{"type":"string"},"previousId":{"type":"string"},)"
           R"("messageId":{"type":"string"},"timestamp":{"type":"string"},"writeKey":{)"
           R"("type":"string"}}})"},
    Schema{"truth", R"({"type":"string","enum":["yes","no","unknown"]})"},
    Schema{"webhook_body",
           R"({"type":"object","properties":{"url":{"type":"string","pattern":"^https?://"},)"
           R"("segments":{"type":"array","items":{"type":"string"}},"after":{"type":"integer",)"
           R"("minimum":0}},"required":["url"],"additionalProperties":false})"},
    Schema{"webhook_list",
           R"({"type":"object","properties":{"webhooks":{"type":"array","items":{"type":"object",)"
           R"("properties":{"id":{"type":"string"},"url":{"type":"string"},"segments":{)"
           R"("type":"array","items":{"type":"string"}},"created_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"delivered":{"type":"integer","minimum":0},"failures":{"type":"integer",)"
           R"("minimum":0},"retry_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no beginn)"
           R"(ing"},"last_error":{"type":"string"}},"required":["id","url","segments",)"
           R"("created_at","delivered","failures","retry_at","last_error"],)"
           R"("additionalProperties":false}}},"required":["webhooks"],)"
           R"("additionalProperties":false})"},
    Schema{"webhook_removed",
           R"({"type":"object","properties":{"id":{"type":"string"},"removed":{"type":"boolean"}},)"
           R"("required":["id","removed"],"additionalProperties":false})"},
    Schema{"webhook_replay",
           R"({"type":"object","properties":{"id":{"type":"string"},"after":{"type":"integer",)"
           R"("minimum":0}},"required":["id","after"],"additionalProperties":false})"},
};

}  // namespace

std::span<const Schema> schemas() {
    static const std::vector<Schema> joined = [] {
        std::vector<Schema> shapes(all.begin(), all.end());
        const auto more = console_schemas();
        shapes.insert(shapes.end(), more.begin(), more.end());
        return shapes;
    }();
    return joined;
}

}  // namespace fineline::http
