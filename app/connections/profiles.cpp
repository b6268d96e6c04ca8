// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/profiles.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace weir::app {

namespace {

const QString kProfilesKey = QStringLiteral("connections/profiles");
constexpr int kMarkColors = 10;
constexpr int kFileVersion = 1;

// One list of names for the settings and for the file.
QVariantMap toMap(const ui::ConnectionProfile& one) {
    return {{QStringLiteral("id"), one.id},
            {QStringLiteral("name"), one.name},
            {QStringLiteral("bootstrap"), one.bootstrap},
            {QStringLiteral("tls"), one.usesTls},
            {QStringLiteral("ca"), one.caFile},
            {QStringLiteral("certificate"), one.certificateFile},
            {QStringLiteral("key"), one.keyFile},
            {QStringLiteral("checksHostName"), one.checksHostName},
            {QStringLiteral("mechanism"), one.mechanism},
            {QStringLiteral("user"), one.user},
            {QStringLiteral("tokenUrl"), one.tokenUrl},
            {QStringLiteral("tokenScope"), one.tokenScope},
            {QStringLiteral("color"), one.color},
            {QStringLiteral("readOnly"), one.isReadOnly},
            {QStringLiteral("production"), one.isProduction},
            {QStringLiteral("readKiBPerSecond"), one.readKiBPerSecond},
            {QStringLiteral("keeping"), static_cast<int>(one.keeping)}};
}

ui::ConnectionProfile fromMap(const QVariantMap& map) {
    const auto text = [&map](const char* name) { return map.value(QLatin1String(name)).toString(); };
    ui::ConnectionProfile profile;
    profile.id = text("id");
    profile.name = text("name");
    profile.bootstrap = text("bootstrap");
    profile.usesTls = map.value(QStringLiteral("tls")).toBool();
    profile.caFile = text("ca");
    profile.certificateFile = text("certificate");
    profile.keyFile = text("key");
    profile.checksHostName = map.value(QStringLiteral("checksHostName"), true).toBool();
    profile.mechanism = text("mechanism");
    profile.user = text("user");
    profile.tokenUrl = text("tokenUrl");
    profile.tokenScope = text("tokenScope");
    profile.color = std::clamp(map.value(QStringLiteral("color")).toInt(), 0, kMarkColors - 1);
    profile.isReadOnly = map.value(QStringLiteral("readOnly")).toBool();
    profile.isProduction = map.value(QStringLiteral("production")).toBool();
    profile.readKiBPerSecond = std::max(0, map.value(QStringLiteral("readKiBPerSecond")).toInt());
    const int keeping = map.value(QStringLiteral("keeping")).toInt();
    profile.keeping = static_cast<ui::SecretKeeping>(
        std::clamp(keeping, static_cast<int>(ui::SecretKeeping::kAsk), static_cast<int>(ui::SecretKeeping::kKeychain)));
    if (profile.name.isEmpty()) {
        profile.name = profile.bootstrap;
    }
    return profile;
}

std::vector<ui::ConnectionProfile> fromList(const QVariantList& list) {
    std::vector<ui::ConnectionProfile> profiles;
    for (const QVariant& one : list) {
        // A file that somebody edited: what names no cluster is left out.
        if (ui::ConnectionProfile profile = fromMap(one.toMap());
            !profile.id.isEmpty() && !profile.bootstrap.isEmpty()) {
            profiles.push_back(std::move(profile));
        }
    }
    return profiles;
}

QVariantList toList(const std::vector<ui::ConnectionProfile>& profiles) {
    QVariantList list;
    for (const ui::ConnectionProfile& one : profiles) {
        list << toMap(one);
    }
    return list;
}

}  // namespace

std::vector<ui::ConnectionProfile> loadProfiles(const ui::Settings& settings) {
    return fromList(settings.value(kProfilesKey).toList());
}

void saveProfiles(ui::Settings& settings, const std::vector<ui::ConnectionProfile>& profiles) {
    settings.setValue(kProfilesKey, toList(profiles));
}

QByteArray profilesToFile(const std::vector<ui::ConnectionProfile>& profiles) {
    return QJsonDocument(QJsonObject{{QStringLiteral("weirConnections"), kFileVersion},
                                     {QStringLiteral("connections"), QJsonArray::fromVariantList(toList(profiles))}})
        .toJson();
}

ClusterResult<std::vector<ui::ConnectionProfile>> profilesFromFile(const QByteArray& content) {
    const QJsonObject object = QJsonDocument::fromJson(content).object();
    const int version = object.value(QStringLiteral("weirConnections")).toInt();
    if (version < 1) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "This file holds no connections that Weir exported."});
    }
    if (version > kFileVersion) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, "This file was written by a newer Weir."});
    }
    return fromList(object.value(QStringLiteral("connections")).toArray().toVariantList());
}

RemoteOptions optionsOf(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets) {
    RemoteOptions options;
    options.name = profile.name.toStdString();
    options.bootstrap = parseBootstrap(profile.bootstrap.toStdString());
    options.tls = {profile.usesTls,
                   profile.caFile.toStdString(),
                   profile.certificateFile.toStdString(),
                   profile.keyFile.toStdString(),
                   secrets.keyPassphrase.toStdString(),
                   profile.checksHostName,
                   secrets.trustPassword.toStdString()};
    options.readBytesPerSecond = static_cast<std::int64_t>(profile.readKiBPerSecond) << 10;
    for (const SaslMechanism mechanism : {SaslMechanism::kPlain, SaslMechanism::kScramSha256,
                                          SaslMechanism::kScramSha512, SaslMechanism::kOAuthBearer}) {
        if (profile.mechanism == QLatin1String(nameOf(mechanism))) {
            options.sasl = {mechanism,
                            profile.user.toStdString(),
                            secrets.password.toStdString(),
                            secrets.token.toStdString(),
                            profile.tokenUrl.toStdString(),
                            profile.tokenScope.toStdString()};
        }
    }
    return options;
}

}  // namespace weir::app
