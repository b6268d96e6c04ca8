// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/schemas_bridge.h"

#include <QCoreApplication>
#include <utility>

#include "app/serdes/json_text.h"

namespace weir::app {

template <class T>
void SchemasBridge::ask(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>(api::Schemas&)> work) {
    m_workshop.ask<T>(context, std::move(done), [workshop = &m_workshop, work = std::move(work)]() -> ClusterResult<T> {
        const auto schemas = workshop->cluster().schemas();
        if (!schemas) {
            return fail(ClusterError(schemas.error()));
        }
        return work(**schemas);
    });
}

namespace {

constexpr std::size_t kMaxSchemaText = std::size_t{4} << 20;

/// The registry keeps JSON on one line; a person reads, compares and edits lines.
SchemaVersion laidOut(SchemaVersion version) {
    if (version.type != "PROTOBUF") {
        if (auto pretty = json::pretty(version.text, kMaxSchemaText)) {
            version.text = *std::move(pretty);
        }
    }
    return version;
}

}  // namespace

void SchemasBridge::look(QObject* context, ui::Callback<SchemaRegistryState> done) {
    ask<SchemaRegistryState>(context, std::move(done), [](api::Schemas& from) {
        auto state = from.state();
        for (std::size_t i = 0; state && i < state->subjects.size(); ++i) {
            state->subjects[i].latest = laidOut(std::move(state->subjects[i].latest));
        }
        return state;
    });
}

void SchemasBridge::versions(const QString& subject, QObject* context, ui::Callback<std::vector<SchemaVersion>> done) {
    ask<std::vector<SchemaVersion>>(context, std::move(done), [name = toStd(subject)](api::Schemas& from) {
        auto found = from.versions(name);
        for (std::size_t i = 0; found && i < found->size(); ++i) {
            (*found)[i] = laidOut(std::move((*found)[i]));
        }
        return found;
    });
}

void SchemasBridge::check(const NewSchema& schema, QObject* context, ui::Callback<SchemaVerdict> done) {
    ask<SchemaVerdict>(context, std::move(done), [schema](api::Schemas& from) { return from.check(schema); });
}

void SchemasBridge::add(const NewSchema& schema, QObject* context, ui::Callback<SchemaVersion> done) {
    ask<SchemaVersion>(context, std::move(done), [schema](api::Schemas& to) { return to.add(schema); });
}

void SchemasBridge::encode(const QString& subject, std::optional<int> version, const QString& json, QObject* context,
                           ui::Callback<Bytes> done) {
    ask<Bytes>(context, std::move(done), [name = toStd(subject), version, text = toStd(json)](api::Schemas& with) {
        return with.encode(name, version, text);
    });
}

void SchemasBridge::remove(const QString& subject, std::optional<int> version, QObject* context,
                           ui::Callback<std::vector<int>> done) {
    ask<std::vector<int>>(context, std::move(done),
                          [name = toStd(subject), version](api::Schemas& from) { return from.remove(name, version); });
}

void SchemasBridge::restore(const QString& subject, const std::vector<int>& versions, QObject* context,
                            ui::Callback<void> done) {
    ask<void>(context, std::move(done),
              [name = toStd(subject), versions](api::Schemas& to) { return to.restore(name, versions); });
}

void SchemasBridge::setCompatibility(const QString& subject, const QString& level, QObject* context,
                                     ui::Callback<void> done) {
    ask<void>(context, std::move(done), [name = toStd(subject), wanted = toStd(level)](api::Schemas& to) {
        return to.setCompatibility(name, wanted);
    });
}

void SchemasBridge::listen(int port, QObject* context, ui::Callback<SchemaRegistryState> done) {
    ask<SchemaRegistryState>(
        context, std::move(done),
        [workshop = &m_workshop, port](api::Schemas& schemas) -> ClusterResult<SchemaRegistryState> {
            const auto changed = workshop->cluster().alterBrokerConfig(
                {{"weir.schema.registry.port", std::to_string(port)}}, /*validateOnly=*/false);
            if (!changed) {
                return fail(ClusterError(changed.error()));
            }
            if (port >= 0 && schemas.url().empty()) {
                const QString words = QCoreApplication::translate(
                    "weir::app::SchemasBridge", "Port %1 of this computer cannot be used; something else may have it.");
                return fail(ClusterError{ClusterErrc::kRefused, 0, toStd(words.arg(port))});
            }
            return schemas.state();
        });
}

}  // namespace weir::app
