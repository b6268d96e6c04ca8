// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QIODevice>
#include <QtCore/QSaveFile>
#include <QtCore/QStringList>

#include <QDirIterator>
#include <QRegularExpression>
#include <map>

/// Reads every source of the tree and holds it against the drawing of the house: who may include whom, what may stand
/// where, and how long a file may grow. A failure names the file and the rule.
class TstLayers : public QObject {
    Q_OBJECT

    struct Source {
        QString path;
        QStringList lines;
    };
    std::vector<Source> m_sources;

    /// Folder -> folders that it may include besides itself. A folder not listed here may not exist.
    static const std::map<QString, QStringList>& allowed() {
        static const QStringList kModel{"broker/base", "broker/model"};
        static const auto kWith = [](QStringList base, const QStringList& more) { return base += more; };
        static const QStringList kEngine{
            "broker/base",         "broker/model",    "broker/config",   "broker/io",        "broker/records",
            "broker/protocol",     "broker/storage",  "broker/catalog",  "broker/topics",    "broker/groups",
            "broker/transactions", "broker/security", "broker/registry", "broker/telemetry", "broker/folder"};
        static const QStringList kUi = kWith(kModel, {"ui/backend", "ui/theme", "ui/models", "ui/widgets"});
        static const QStringList kServices =
            kWith(kModel, {"broker/api", "app/cluster", "app/serdes", "app/search", "app/jobs"});
        static const std::map<QString, QStringList> kAllowed{
            {"broker/base", {}},
            {"broker/model", {"broker/base"}},
            {"broker/config", kModel},
            {"broker/io", kModel},
            {"broker/records", kModel},
            {"broker/protocol", kWith(kModel, {"broker/records"})},
            {"broker/storage", kWith(kModel, {"broker/records", "broker/io"})},
            {"broker/folder", kWith(kModel, {"broker/records", "broker/io", "broker/storage"})},
            {"broker/catalog", kModel},
            {"broker/registry", kWith(kModel, {"broker/catalog"})},
            {"broker/topics",
             kWith(kModel, {"broker/config", "broker/io", "broker/records", "broker/storage", "broker/catalog"})},
            {"broker/groups", kWith(kModel, {"broker/config", "broker/catalog", "broker/topics"})},
            {"broker/security", kWith(kModel, {"broker/config", "broker/catalog"})},
            {"broker/telemetry", kWith(kModel, {"broker/config", "broker/records", "broker/catalog"})},
            {"broker/transactions",
             kWith(kModel, {"broker/records", "broker/storage", "broker/catalog", "broker/topics"})},
            {"broker/server", kEngine},
            {"broker/api", kWith(kEngine, {"broker/server"})},
            {"ui/backend", kModel},
            {"ui/theme", {}},
            {"ui/models", kWith(kModel, {"ui/backend"})},
            {"ui/widgets", kUi},
            {"ui/pages", kUi},
            {"ui/shell", kWith(kUi, {"ui/pages"})},
            // The remote cluster speaks Kafka's protocol itself.
            {"app/cluster", kWith(kModel, {"broker/api", "broker/records", "broker/protocol", "broker/security"})},
            {"app/jobs", kModel},
            {"app/serdes", kModel},
            {"app/search", kServices},
            {"app/replay", kWith(kServices, {"app/database"})},
            {"app/feeds", kServices},
            {"app/exchange", kServices},
            {"app/publish", kWith(kServices, {"app/exchange"})},
            {"app/plot", kServices},
            {"app/database", {"broker/base"}},
            {"app/history", kWith(kModel, {"app/database"})},
            {"app/connections", kWith(kModel, {"ui/backend", "app/cluster", "app/jobs", "app/settings"})},
            {"app/settings", kWith(kModel, {"ui/backend"})},
        };
        return kAllowed;
    }

    /// "broker/storage/log.h" -> "broker/storage"; a file directly in app/ belongs to "app".
    static QString folderOf(const QString& path) {
        const QStringList parts = path.split('/');
        return parts.size() > 2 ? parts[0] + '/' + parts[1] : parts[0];
    }

private Q_SLOTS:
    void initTestCase() {
        const QDir root(WEIR_SOURCE_DIR);
        for (const char* top : {"broker", "ui", "app", "tests"}) {
            QDirIterator it(root.filePath(top), {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                QString path = root.relativeFilePath(file.fileName());
                if (path.contains("/node_modules/")) {
                    continue;
                }
                m_sources.push_back({path, QString::fromUtf8(file.readAll()).split('\n')});
            }
        }
        QVERIFY(m_sources.size() > 10);
    }

    void nobodyIncludesUpward() {
        static const QRegularExpression kInclude("^\\s*#\\s*include\\s+\"((?:broker|ui|app|tests)/[^\"]+)\"");
        QStringList broken;
        for (const Source& source : m_sources) {
            const QString folder = folderOf(source.path);
            const bool free = folder == "app" || folder == "app/bridge" || folder.startsWith("tests");
            if (!free && allowed().find(folder) == allowed().end()) {
                broken << folder + " is not in the drawing of the house (" + source.path + ")";
                continue;
            }
            for (const QString& line : source.lines) {
                const auto match = kInclude.match(line);
                if (!match.hasMatch()) {
                    continue;
                }
                const QString target = folderOf(match.captured(1));
                if (free) {
                    if (!folder.startsWith("tests") && target.startsWith("tests")) {
                        broken << source.path + " includes a test: " + target;
                    }
                    if (folder.startsWith("app") && target.startsWith("broker/") &&
                        !QStringList{"broker/base", "broker/model", "broker/api"}.contains(target)) {
                        broken << source.path + " reaches past broker/api into " + target;
                    }
                } else if (target != folder && !allowed().at(folder).contains(target)) {
                    broken << source.path + " may not include " + target;
                }
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable('\n' + broken.join('\n')));
    }

    void eachLayerKeepsToItsTools() {
        struct Rule {
            const char* folder;
            QRegularExpression what;
            const char* sentence;
        };
        const std::vector<Rule> rules{
            {"broker/", QRegularExpression(R"(#\s*include\s*<Q)"), "the engine has no Qt"},
            {"ui/",
             QRegularExpression(
                 R"(#\s*include\s*<(QTcp|QUdp|QSql|QFile>|QDir>|QSaveFile|QNetwork|asio|sqlite3|fstream))"),
             "the window has no sockets, SQL or files"},
            {"app/", QRegularExpression(R"(#\s*include\s*<asio)"), "only broker/server has sockets"},
            {"", QRegularExpression(R"(static\s+\w+\s*[&*]\s*instance\s*\()"), "no singletons"},
            {"ui/", QRegularExpression(R"(\b(QEventLoop|processEvents|waitForFinished|msleep)\b)"),
             "the GUI thread never waits"},
            {"", QRegularExpression(R"(\b(sleep_for|usleep|QTest::qSleep)\b)"), "wait for a condition, not for time"},
        };
        QStringList broken;
        for (const Source& source : m_sources) {
            if (source.path.startsWith("tests/layers/")) {
                continue;
            }
            for (const Rule& rule : rules) {
                if (!source.path.startsWith(rule.folder)) {
                    continue;
                }
                for (int i = 0; i < source.lines.size(); ++i) {
                    if (rule.what.match(source.lines[i]).hasMatch()) {
                        broken << QString("%1:%2: %3").arg(source.path).arg(i + 1).arg(rule.sentence);
                    }
                }
            }
        }
        // Heavy headers stay in the few files that cannot do without them.
        const std::vector<Rule> homes{
            {"broker/registry/http_server.cpp", QRegularExpression(R"(#\s*include\s*<boost/)"), "only http_server.cpp"},
            {"broker/registry/protobuf/", QRegularExpression(R"(#\s*include\s*<google/protobuf)"), "only protobuf/"}};
        for (const Source& source : m_sources) {
            for (const Rule& home : homes) {
                if (!source.path.startsWith("tests/") && !source.path.startsWith(home.folder) &&
                    source.lines.indexOf(home.what) >= 0) {
                    broken << source.path + ": of broker/registry, " + home.sentence;
                }
            }
        }
        // server has sockets by design: it alone may name asio.
        for (const Source& source : m_sources) {
            if (source.path.startsWith("broker/") && !source.path.startsWith("broker/server/")) {
                for (const QString& line : source.lines) {
                    if (line.contains("#include <asio")) {
                        broken << source.path + ": only broker/server has sockets";
                    }
                }
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable('\n' + broken.join('\n')));
    }

    void everyFileSaysItsLicenceAndStaysReadable() {
        QStringList broken;
        for (const Source& source : m_sources) {
            if (!source.lines.first().contains("SPDX-License-Identifier: GPL-3.0-or-later")) {
                broken << source.path + ": first line is not the SPDX line";
            }
            const int wall = 800;
            const int headerWall = 250;
            if (source.lines.size() > wall) {
                broken << QString("%1: %2 lines, the wall is %3").arg(source.path).arg(source.lines.size()).arg(wall);
            }
            if (source.path.endsWith(".h") && !source.path.startsWith("tests/") &&
                source.lines.size() > headerWall + 1) {
                broken << QString("%1: %2 lines, a header's wall is %3")
                              .arg(source.path)
                              .arg(source.lines.size())
                              .arg(headerWall);
            }
            for (int i = 0; i < source.lines.size(); ++i) {
                if (source.lines[i].size() > 120 && !source.lines[i].contains("R\"")) {
                    broken << QString("%1:%2: longer than 120").arg(source.path).arg(i + 1);
                }
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable('\n' + broken.join('\n')));
    }

    void theMainWindowStaysSmall() {
        for (const Source& source : m_sources) {
            if (source.path.startsWith("ui/shell/main_window")) {
                QVERIFY2(source.lines.size() <= 401, qPrintable(source.path));
            }
        }
    }

    void everyModuleSaysWhatItIs() {
        const QDir root(WEIR_SOURCE_DIR);
        QStringList missing;
        for (const Source& source : m_sources) {
            const QString folder = folderOf(source.path);
            if (!folder.startsWith("tests") && folder.contains('/') && !root.exists(folder + "/README.md")) {
                missing << folder;
            }
        }
        missing.removeDuplicates();
        QVERIFY2(missing.isEmpty(), qPrintable("no README.md in " + missing.join(", ")));
    }
};

QTEST_APPLESS_MAIN(TstLayers)
#include "tst_layers.moc"
