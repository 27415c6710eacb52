#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit on outside input, queues and buffers, by name and in one place.
namespace fineline::limits {

inline constexpr std::size_t expression_bytes_max = 64ULL * 1024;
inline constexpr int expression_depth_max = 64;         ///< as nested in the text
inline constexpr int expression_tree_depth_max = 1024;  ///< of the tree: `a or b or c …` is a chain
inline constexpr std::size_t expression_nodes_max = 4096;

inline constexpr std::size_t customer_id_bytes_max = 512;
inline constexpr std::size_t name_bytes_max = 256;
inline constexpr std::size_t message_id_bytes_max = 256;
inline constexpr std::size_t string_value_bytes_max = 1024ULL * 1024;
inline constexpr std::size_t properties_per_record_max = 1024;
inline constexpr std::size_t list_elements_max = 10'000;
inline constexpr std::size_t event_names_max = 65'536;
inline constexpr std::size_t properties_per_event_max = 4096;
inline constexpr std::size_t traits_max = 65'536;

inline constexpr std::size_t definitions_max = 10'000;  ///< segments, or purposes, of a workspace
inline constexpr std::size_t portfolio_segments_max = 1000;  ///< each pair is compared
inline constexpr std::size_t setting_bytes_max = 64ULL * 1024;
inline constexpr std::size_t definition_text_bytes_max = 1024ULL * 1024;

inline constexpr std::size_t batch_records_max = 65'536;
inline constexpr std::size_t batch_bytes_max = 64ULL * 1024 * 1024;

inline constexpr std::size_t csv_columns_max = 4096;
inline constexpr std::size_t csv_field_bytes_max = 1024ULL * 1024;
inline constexpr std::size_t csv_row_bytes_max = 16ULL * 1024 * 1024;
inline constexpr std::size_t json_line_bytes_max = 16ULL * 1024 * 1024;

inline constexpr std::size_t reject_text_bytes_max = 4096;
inline constexpr std::size_t load_batch_records_max = 10'000;
inline constexpr std::size_t load_batch_bytes_max = 8ULL * 1024 * 1024;
inline constexpr std::size_t mapping_file_bytes_max = 1024ULL * 1024;
inline constexpr std::size_t group_bytes_max = 64ULL * 1024 * 1024;
inline constexpr std::size_t groups_closed_max = 20'000'000;
inline constexpr std::size_t anonymous_ids_max = 20'000'000;

inline constexpr std::size_t segments_max = 10'000;
inline constexpr std::size_t member_page_max = 10'000;
inline constexpr std::size_t size_points_max = 9000;      ///< per segment: a year of hours
inline constexpr std::size_t changes_page_max = 100'000;  ///< of the feed, handed out at once
inline constexpr std::size_t subscriptions_max = 1000;
inline constexpr std::size_t sources_counted_max = 1000;  ///< the rest counts as one

// The server.
inline constexpr std::size_t http_header_bytes_max = 16ULL * 1024;
inline constexpr std::size_t http_connections_max = 4096;
inline constexpr std::size_t http_requests_in_flight_max = 1024;
inline constexpr std::size_t http_body_bytes_in_flight_max = 256ULL * 1024 * 1024;
inline constexpr std::size_t http_unread_bytes_max =
    1024ULL * 1024;  ///< thrown away after a refusal
inline constexpr std::size_t http_streams_max = 1024;
inline constexpr std::size_t http_stream_write_bytes_max = 256ULL * 1024;  ///< at a time
inline constexpr std::size_t console_file_bytes_max = 16ULL * 1024 * 1024;
inline constexpr std::size_t query_body_bytes_max = 256ULL * 1024;  ///< of a route that asks
inline constexpr std::size_t timeline_page_max = 10'000;

// The tracking API: our own limits, and Segment's, which it documents.
inline constexpr std::size_t tracking_body_bytes_max = 5ULL * 1024 * 1024;
inline constexpr std::size_t tracking_item_bytes_max = 512ULL * 1024;
inline constexpr std::size_t tracking_items_max = 10'000;
inline constexpr std::size_t segment_body_bytes_max = 500ULL * 1024;
inline constexpr std::size_t segment_item_bytes_max = 32ULL * 1024;
inline constexpr std::size_t segment_items_max = 2'500;

// The control plane.
inline constexpr std::size_t keys_max = 10'000;
inline constexpr std::size_t sessions_max = 1'000;
inline constexpr std::size_t studies_max = 100;  ///< remembered, waiting ones included
inline constexpr std::size_t webhooks_max = 1'000;
inline constexpr std::size_t quarantine_items_max = 100'000;
inline constexpr std::size_t quarantine_page_max = 1'000;

inline constexpr std::size_t study_snapshots_max = 8;
inline constexpr std::size_t study_features_max = 64;
inline constexpr std::size_t occasion_rows_max = 100'000;  ///< events grouped as occasions, about
inline constexpr std::size_t study_segments_max = 4096;    ///< of one purpose
inline constexpr std::size_t study_rows_max = 1'000'000;   ///< customers times snapshots

}  // namespace fineline::limits
