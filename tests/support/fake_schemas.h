// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "ui/backend/schemas.h"

namespace weir::ui::test {

class Asked;

/// A registry in memory: what a page does to it is seen in what it answers next. Texts are taken as they are;
/// `conflicts` is what the next check or registration is told.
class FakeSchemas : public Schemas {
public:
    explicit FakeSchemas(Asked& asked) : m_asked(asked) {}

    void look(QObject* context, Callback<SchemaRegistryState> done) override;
    void versions(const QString& subject, QObject* context, Callback<std::vector<SchemaVersion>> done) override;
    void check(const NewSchema& schema, QObject* context, Callback<SchemaVerdict> done) override;
    void add(const NewSchema& schema, QObject* context, Callback<SchemaVersion> done) override;
    /// A zero byte, the id and the text; a text "wrong" fits no schema.
    void encode(const QString& subject, std::optional<int> version, const QString& json, QObject* context,
                Callback<Bytes> done) override;
    void remove(const QString& subject, std::optional<int> version, QObject* context,
                Callback<std::vector<int>> done) override;
    void restore(const QString& subject, const std::vector<int>& versions, QObject* context,
                 Callback<void> done) override;
    void setCompatibility(const QString& subject, const QString& level, QObject* context, Callback<void> done) override;
    void listen(int port, QObject* context, Callback<SchemaRegistryState> done) override;

    /// What the sample cluster has.
    void fill();
    [[nodiscard]] SchemaRegistryState state() const;

    QString url;
    std::string level = "BACKWARD";
    std::map<std::string, std::string> ownLevels;
    std::map<std::string, std::vector<SchemaVersion>> list;
    std::vector<std::string> conflicts;

private:
    template <class T>
    void give(QObject* context, Callback<T> done, ClusterResult<T> result);

    Asked& m_asked;
    std::map<std::string, std::vector<SchemaVersion>> m_removed;
    int m_nextId = 20;
};

}  // namespace weir::ui::test
