// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "ui/backend/connections.h"
#include "ui/widgets/side_panel.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace weir::ui {

/// Makes or changes a connection: from an address or pasted properties, with a test that says in words what fails.
class ConnectionPanel : public SidePanel {
    Q_OBJECT

public:
    ConnectionPanel(Connections& connections, const ConnectionProfile& profile, QWidget* parent = nullptr);

private:
    void buildAddress();
    void buildTls();
    void buildLogin();
    void buildMarks();
    void buildTest();
    QLineEdit* addSecret(QVBoxLayout* to, const QString& label, const QString& hint);
    QLineEdit* addFile(QVBoxLayout* to, const QString& label, const QString& hint);

    void take(const QString& text);
    void fillIn(const ConnectionProfile& profile, const ConnectionSecrets& secrets);
    void check();
    void test();
    void say(const std::vector<ConnectionStep>& steps);
    void clearSteps();
    void addStep(const ConnectionStep& step);
    /// Empty: somebody else has changed it meanwhile, and the person was told and asked.
    QString keep();
    [[nodiscard]] ConnectionProfile profile() const;
    [[nodiscard]] ConnectionSecrets secrets() const;

    Connections& m_connections;
    QString m_id;
    /// As it was when the panel opened; empty where there was none.
    std::optional<ConnectionProfile> m_before;
    bool m_wasWarned = false;
    QPlainTextEdit* m_paste;
    QLineEdit* m_address;
    QLineEdit* m_name;
    QCheckBox* m_tls;
    QWidget* m_tlsBox;
    QCheckBox* m_hostName;
    QLineEdit* m_ca;
    QLineEdit* m_certificate;
    QLineEdit* m_key;
    QWidget* m_trustBox;
    QLineEdit* m_trustPassword;
    QWidget* m_keyBox;
    QWidget* m_passphraseBox;
    QLineEdit* m_passphrase;
    QComboBox* m_mechanism;
    QWidget* m_loginBox;
    QWidget* m_userBox;
    QLineEdit* m_user;
    QWidget* m_tokenBox;
    QLineEdit* m_tokenUrl;
    QLineEdit* m_tokenScope;
    QLineEdit* m_password;
    QWidget* m_keepingBox;
    QComboBox* m_keeping;
    QLabel* m_keepingHint;
    QComboBox* m_color;
    QCheckBox* m_readOnly;
    QCheckBox* m_production;
    QSpinBox* m_pace;
    QVBoxLayout* m_steps;
    QPushButton* m_test = nullptr;
    QPushButton* m_save = nullptr;
    int m_testNumber = 0;
    bool m_followsSteps = false;
};

}  // namespace weir::ui
