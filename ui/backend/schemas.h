// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/schemas.h"
#include "ui/backend/answer.h"

namespace weir::ui {

/// A subject's schema to encode with.
struct SchemaChoice {
    QString subject;
    /// Nothing: the latest.
    std::optional<int> version;
    bool operator==(const SchemaChoice&) const = default;
};

/// The schema registry. A cluster without one answers kUnsupported with a sentence for the page.
class Schemas {
public:
    virtual ~Schemas() = default;

    virtual void look(QObject* context, Callback<SchemaRegistryState> done) = 0;
    /// The oldest first.
    virtual void versions(const QString& subject, QObject* context, Callback<std::vector<SchemaVersion>> done) = 0;
    /// What add() would say; nothing is kept.
    virtual void check(const NewSchema& schema, QObject* context, Callback<SchemaVerdict> done) = 0;
    virtual void add(const NewSchema& schema, QObject* context, Callback<SchemaVersion> done) = 0;
    /// JSON as a key or a value framed with the schema's id, by a version or the latest. The error says where it does
    /// not fit.
    virtual void encode(const QString& subject, std::optional<int> version, const QString& json, QObject* context,
                        Callback<Bytes> done) = 0;
    /// Takes a version away, or all of them, and answers which.
    virtual void remove(const QString& subject, std::optional<int> version, QObject* context,
                        Callback<std::vector<int>> done) = 0;
    virtual void restore(const QString& subject, const std::vector<int>& versions, QObject* context,
                         Callback<void> done) = 0;
    /// Of every subject when `subject` is empty. An empty level: as all others.
    virtual void setCompatibility(const QString& subject, const QString& level, QObject* context,
                                  Callback<void> done) = 0;
    /// Serves it on a port of this computer: 0 any free one, -1 none. Answers what is so then; an error when the port
    /// cannot be had.
    virtual void listen(int port, QObject* context, Callback<SchemaRegistryState> done) = 0;
};

}  // namespace weir::ui
