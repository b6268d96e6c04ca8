// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/telemetry/otlp.h"

#include <bit>
#include <cstdint>
#include <string>

namespace weir::telemetry {

namespace {

/// One field of a protobuf message. Fixed and variable numbers are in `number`, the rest in `bytes`.
struct Field {
    std::uint64_t id = 0;
    std::uint64_t number = 0;
    ByteView bytes;
};

class Fields {
public:
    explicit Fields(ByteView message) : m_rest(message) {}

    [[nodiscard]] bool isMalformed() const { return m_isMalformed; }
    /// False at the end, or at what is no field.
    bool next(Field& field) {
        if (m_rest.empty() || m_isMalformed) {
            return false;
        }
        const std::uint64_t tag = varint();
        field = {tag >> 3U, 0, {}};
        switch (tag & 7U) {
            case 0:
                field.number = varint();
                break;
            case 1:
                field.number = fixed(8);
                break;
            case 2:
                field.bytes = take(varint());
                break;
            case 5:
                field.number = fixed(4);
                break;
            default:
                m_isMalformed = true;
        }
        m_isMalformed = m_isMalformed || field.id == 0;
        return !m_isMalformed;
    }

private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
            const auto byte = std::to_integer<std::uint64_t>(m_rest.front());
            m_rest = m_rest.subspan(1);
            value |= (byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0) {
                return value;
            }
        }
        m_isMalformed = true;
        return 0;
    }
    /// Little-endian.
    std::uint64_t fixed(std::size_t width) {
        const ByteView bytes = take(width);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value |= std::to_integer<std::uint64_t>(bytes[i]) << (8U * i);
        }
        return value;
    }
    ByteView take(std::uint64_t size) {
        if (size > m_rest.size()) {
            m_isMalformed = true;
            return {};
        }
        const ByteView taken = m_rest.first(static_cast<std::size_t>(size));
        m_rest = m_rest.subspan(static_cast<std::size_t>(size));
        return taken;
    }

    ByteView m_rest;
    bool m_isMalformed = false;
};

std::string textOf(ByteView bytes) {
    return std::string(asText(bytes.first(std::min(bytes.size(), kMaxText))));
}

/// Calls `visit` for each field; false where the message is malformed or `visit` says so.
template <class Visit>
bool forEach(ByteView message, Visit visit) {
    Fields fields(message);
    for (Field field; fields.next(field);) {
        if (!visit(field)) {
            return false;
        }
    }
    return !fields.isMalformed();
}

/// KeyValue { key = 1, value = 2 }; AnyValue { string = 1, bool = 2, int = 3, double = 4 }
bool readLabel(ByteView message, std::string& labels) {
    std::string key;
    std::string value;
    const bool isRead = forEach(message, [&](const Field& field) {
        if (field.id == 1) {
            key = textOf(field.bytes);
        } else if (field.id == 2) {
            return forEach(field.bytes, [&](const Field& any) {
                if (any.id == 1) {
                    value = textOf(any.bytes);
                } else if (any.id == 2 || any.id == 3) {
                    value = std::to_string(static_cast<std::int64_t>(any.number));
                } else if (any.id == 4) {
                    value = std::to_string(std::bit_cast<double>(any.number));
                }
                return true;
            });
        }
        return true;
    });
    if (labels.size() < kMaxText) {
        labels += (labels.empty() ? "" : ", ") + key + "=" + value;
    }
    return isRead;
}

/// NumberDataPoint { as_double = 4, as_int = 6, attributes = 7 }
bool readPoint(ByteView message, ClientMetric& metric) {
    return forEach(message, [&](const Field& field) {
        if (field.id == 4) {
            metric.value = std::bit_cast<double>(field.number);
        } else if (field.id == 6) {
            metric.value = static_cast<double>(static_cast<std::int64_t>(field.number));
        } else if (field.id == 7) {
            return readLabel(field.bytes, metric.labels);
        }
        return true;
    });
}

/// Metric { name = 1, gauge = 5 { data_points = 1 }, sum = 7 { data_points = 1 } }
bool readMetric(ByteView message, std::vector<ClientMetric>& metrics) {
    constexpr std::uint64_t kGauge = 5;
    constexpr std::uint64_t kSum = 7;
    std::string name;
    const auto first = metrics.size();
    const bool isRead = forEach(message, [&](const Field& field) {
        if (field.id == 1) {
            name = textOf(field.bytes);
        } else if (field.id == kGauge || field.id == kSum) {
            return forEach(field.bytes, [&](const Field& data) {
                if (data.id != 1 || metrics.size() >= kMaxMetrics) {
                    return true;
                }
                ClientMetric metric;
                metric.isCount = field.id == kSum;
                const bool isPoint = readPoint(data.bytes, metric);
                metrics.push_back(std::move(metric));
                return isPoint;
            });
        }
        return true;
    });
    for (auto i = first; i < metrics.size(); ++i) {
        metrics[i].name = name;
    }
    return isRead;
}

}  // namespace

std::optional<std::vector<ClientMetric>> readMetrics(ByteView message) {
    // MetricsData { resource_metrics = 1 { scope_metrics = 2 { metrics = 2 } } }
    std::vector<ClientMetric> metrics;
    const bool isRead = forEach(message, [&](const Field& resource) {
        return resource.id != 1 || forEach(resource.bytes, [&](const Field& scope) {
                   return scope.id != 2 || forEach(scope.bytes, [&](const Field& metric) {
                              return metric.id != 2 || readMetric(metric.bytes, metrics);
                          });
               });
    });
    return isRead ? std::optional(std::move(metrics)) : std::nullopt;
}

}  // namespace weir::telemetry
