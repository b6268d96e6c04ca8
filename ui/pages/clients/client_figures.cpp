// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/clients/client_figures.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

namespace {

constexpr std::size_t kMostShown = 30;
/// What tells most, first; the names are those of the Java client and of KIP-714.
constexpr std::array kTelling{
    "request.latency.avg",   "request.latency.max",    "record.send.rate",         "record.queue.time.avg",
    "records.consumed.rate", "fetch.latency.avg",      "records.lag.max",          "poll.idle.ratio.avg",
    "commit.latency.avg",    "record.error.rate",      "record.retry.rate",        "throttle.time.avg",
    "outgoing.byte.rate",    "incoming.byte.rate",     "bytes.consumed.rate",      "batch.size.avg",
    "compression.rate.avg",  "buffer.available.bytes", "connection.creation.rate", "heartbeat.response.time.max"};

std::size_t rankOf(const ClientMetric& metric) {
    const auto at = std::ranges::find_if(kTelling, [&](const char* end) { return metric.name.ends_with(end); });
    return static_cast<std::size_t>(at - kTelling.begin());
}

QString valueOf(const ClientMetric& metric) {
    if (!std::isfinite(metric.value)) {
        return QStringLiteral("–");
    }
    QString text = QString::number(metric.value, 'g', 4);
    if (std::abs(metric.value) >= 1000 || metric.value == std::floor(metric.value)) {
        text = formatCount(static_cast<qint64>(std::clamp(metric.value, -9e18, 9e18)));
    }
    const std::string& name = metric.name;
    if (name.find(".latency.") != std::string::npos || name.find(".time.") != std::string::npos) {
        return ClientFigures::tr("%1 ms").arg(text);
    }
    return name.ends_with(".rate") ? ClientFigures::tr("%1 /s").arg(text) : text;
}

}  // namespace

QString figureName(const ClientMetric& metric) {
    std::string_view name = metric.name;
    for (const std::string_view prefix :
         {"org.apache.kafka.", "client.", "producer.", "consumer.", "share.consumer.", "fetch.manager."}) {
        if (name.starts_with(prefix)) {
            name.remove_prefix(prefix.size());
        }
    }
    QString words = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    return words.replace(QLatin1Char('.'), QLatin1Char(' '));
}

std::vector<ClientMetric> tellingFigures(const std::vector<ClientMetric>& metrics) {
    std::vector<ClientMetric> chosen;
    std::ranges::copy_if(metrics, std::back_inserter(chosen), [](const ClientMetric& metric) {
        // What the program is, is told above.
        return metric.labels.empty() && !metric.isCount && metric.name.find(".app.info.") == std::string::npos;
    });
    std::ranges::stable_sort(chosen, [](const ClientMetric& a, const ClientMetric& b) {
        return std::pair(rankOf(a), a.name) < std::pair(rankOf(b), b.name);
    });
    chosen.resize(std::min(chosen.size(), kMostShown));
    return chosen;
}

ClientFigures::ClientFigures(ClientTelemetry& telemetry, QWidget* parent) : QWidget(parent), m_telemetry(telemetry) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeLabel(tr("What it measures itself"), FontRole::kSection, Tint::kText, this));
    m_note = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_note->setWordWrap(true);
    column->addWidget(m_note);
    m_list = new KeyValueList(this);
    column->addWidget(m_list);
    m_switch = makeButton(tr("Ask clients for their figures"), ButtonKind::kOrdinary, QString(), this);
    column->addWidget(m_switch, 0, Qt::AlignLeft);
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &ClientFigures::ask);
    connect(m_switch, &QPushButton::clicked, this, [this] {
        m_telemetry.askClients(!m_isAskedHere, this, [this](const ClusterResult<void>& done) {
            if (!done.ok()) {
                Q_EMIT failed(QString::fromStdString(done.error().message));
            }
            ask();
        });
    });
}

void ClientFigures::setClient(const ConnectionSnapshot& client) {
    const bool isOther = client.id != m_client.id;
    m_client = client;
    if (isOther) {
        m_list->clear();
        m_shown.clear();
        ask();
    }
}

void ClientFigures::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_timer.start();
    ask();
}

void ClientFigures::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_timer.stop();
}

void ClientFigures::ask() {
    if (m_isWaiting) {
        return;
    }
    m_isWaiting = true;
    m_telemetry.clientMetrics(this, [this](const ClusterResult<ClientMetricsReport>& answer) {
        m_isWaiting = false;
        if (answer.ok()) {
            show(*answer);
        }
    });
}

const ClientMetrics* ClientFigures::mine(const ClientMetricsReport& report) const {
    const ClientMetrics* found = nullptr;
    for (const ClientMetrics& each : report.clients) {
        if (each.connectionId == m_client.id) {
            return &each;
        }
        // A client has several connections and reports through one of them.
        if (each.clientId == m_client.clientId && m_client.remoteAddress.starts_with(each.host + ":")) {
            found = &each;
        }
    }
    return found;
}

void ClientFigures::show(const ClientMetricsReport& report) {
    m_isAskedHere = report.isAskedHere;
    m_switch->setText(m_isAskedHere ? tr("Stop asking clients") : tr("Ask clients for their figures"));
    m_switch->setToolTip(m_isAskedHere
                             ? tr("Removes the subscription weir-window; those of other tools stay.")
                             : tr("Makes a client metrics subscription, weir-window, for all clients, every five "
                                  "seconds. Java 3.7, librdkafka 2.5 and newer answer it."));
    const ClientMetrics* client = mine(report);
    if (client == nullptr) {
        m_list->clear();
        m_shown.clear();
        m_note->setText(report.isAsked
                            ? tr("Clients are asked, but this one has not answered. It asks for subscriptions when it "
                                 "connects and every five minutes; older libraries never do.")
                            : tr("Clients can tell their own latency, rates and queues, and nobody asks them."));
        return;
    }
    m_note->setText(tr("Told %1, every %2 s.")
                        .arg(formatRelative(client->at, nowTimestamp()), QString::number(client->intervalMs / 1000.0)));
    if (m_shown != client->instanceId) {
        m_list->clear();
        m_shown = client->instanceId;
    }
    for (const ClientMetric& metric : tellingFigures(client->metrics)) {
        m_list->set(figureName(metric), valueOf(metric), QString::fromStdString(metric.name), true);
    }
}

}  // namespace weir::ui
