// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "broker/model/snapshot.h"
#include "ui/backend/client_telemetry.h"

class QLabel;
class QPushButton;

namespace weir::ui {

class KeyValueList;

/// What one client says of itself (KIP-714): latency, rates, queues; or how to have it say so. Asks once a second while
/// it is seen.
class ClientFigures : public QWidget {
    Q_OBJECT

public:
    /// `telemetry` outlives it.
    explicit ClientFigures(ClientTelemetry& telemetry, QWidget* parent = nullptr);
    void setClient(const ConnectionSnapshot& client);

Q_SIGNALS:
    void failed(const QString& why);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void ask();
    void show(const ClientMetricsReport& report);
    [[nodiscard]] const ClientMetrics* mine(const ClientMetricsReport& report) const;

    ClientTelemetry& m_telemetry;
    ConnectionSnapshot m_client;
    QTimer m_timer;
    QLabel* m_note;
    KeyValueList* m_list;
    QPushButton* m_switch;
    bool m_isAskedHere = false;
    bool m_isWaiting = false;
    std::string m_shown;
};

/// "request latency avg" of "org.apache.kafka.producer.request.latency.avg".
QString figureName(const ClientMetric& metric);
/// The figures of the whole client that a person looks for, the most telling first.
std::vector<ClientMetric> tellingFigures(const std::vector<ClientMetric>& metrics);

}  // namespace weir::ui
