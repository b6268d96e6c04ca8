// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/workshop.h"
#include "ui/backend/schemas.h"

namespace weir::app {

/// The cluster's schema registry as the window asks for it: each question goes to a worker.
class SchemasBridge final : public ui::Schemas {
public:
    explicit SchemasBridge(Workshop& workshop) : m_workshop(workshop) {}

    void look(QObject* context, ui::Callback<SchemaRegistryState> done) override;
    void versions(const QString& subject, QObject* context, ui::Callback<std::vector<SchemaVersion>> done) override;
    void check(const NewSchema& schema, QObject* context, ui::Callback<SchemaVerdict> done) override;
    void add(const NewSchema& schema, QObject* context, ui::Callback<SchemaVersion> done) override;
    void encode(const QString& subject, std::optional<int> version, const QString& json, QObject* context,
                ui::Callback<Bytes> done) override;
    void remove(const QString& subject, std::optional<int> version, QObject* context,
                ui::Callback<std::vector<int>> done) override;
    void restore(const QString& subject, const std::vector<int>& versions, QObject* context,
                 ui::Callback<void> done) override;
    void setCompatibility(const QString& subject, const QString& level, QObject* context,
                          ui::Callback<void> done) override;
    void listen(int port, QObject* context, ui::Callback<SchemaRegistryState> done) override;

private:
    /// `work` with the cluster's registry, or why there is none.
    template <class T>
    void ask(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>(api::Schemas&)> work);

    Workshop& m_workshop;
};

}  // namespace weir::app
