// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace weir::ui {

class SegmentedControl;

/// Makes a user, or gives one another password.
class UserPanel : public SidePanel {
    Q_OBJECT

public:
    /// An empty `user` makes a new one.
    UserPanel(Backend& backend, const QString& user, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QString& user);

private:
    void check();
    void run();

    Backend& m_backend;
    QLineEdit* m_name;
    QLineEdit* m_password;
    SegmentedControl* m_mechanism;
    QSpinBox* m_iterations;
};

/// Makes an access rule; what it will mean is said as a sentence while it is put together. With `replaced` the new rule
/// takes that one's place.
class RulePanel : public SidePanel {
    Q_OBJECT

public:
    RulePanel(Backend& backend, const std::optional<AccessRule>& replaced, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished();

private:
    [[nodiscard]] AccessRule rule() const;
    void fill(const AccessRule& rule);
    void showOperations();
    void check();
    void run();
    void answered(const ClusterResult<void>& answer);

    Backend& m_backend;
    std::optional<AccessRule> m_replaced;
    QLineEdit* m_who;
    SegmentedControl* m_permission;
    QComboBox* m_resource;
    SegmentedControl* m_pattern;
    QLineEdit* m_name;
    QComboBox* m_operation;
    QLineEdit* m_host;
    QLabel* m_sentence;
};

/// Sets the limits of a user, a client id or an address.
class QuotaPanel : public SidePanel {
    Q_OBJECT

public:
    QuotaPanel(Backend& backend, const std::optional<QuotaInfo>& known, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished();

private:
    [[nodiscard]] QuotaTarget target() const;
    [[nodiscard]] std::map<std::string, std::optional<double>> limits() const;
    void showKeys();
    void check();
    void run();

    Backend& m_backend;
    std::optional<QuotaInfo> m_known;
    SegmentedControl* m_kind;
    QLineEdit* m_user;
    QLineEdit* m_client;
    QLineEdit* m_ip;
    QWidget* m_userField;
    QWidget* m_clientField;
    QWidget* m_ipField;
    struct Limit {
        std::string key;
        bool isForIp = false;
        QWidget* field = nullptr;
        QDoubleSpinBox* value = nullptr;
    };
    std::vector<Limit> m_limits;
};

/// Lists what goes, and asks.
class RemovePanel : public SidePanel {
    Q_OBJECT

public:
    RemovePanel(const QString& title, const QString& consequence, const QStringList& what, const QString& verb,
                QWidget* parent = nullptr);
    /// What a step did; the panel closes itself after the last, and stays with what failed.
    void answered(const ClusterResult<void>& answer);
    void expect(int answers) { m_open = answers; }

Q_SIGNALS:
    void finished();

private:
    int m_open = 0;
    QStringList m_failures;
};

}  // namespace weir::ui
