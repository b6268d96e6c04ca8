// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_client_quotas.h"
#include "broker/protocol/messages/alter_user_scram_credentials.h"
#include "broker/protocol/messages/create_acls.h"
#include "broker/protocol/messages/create_delegation_token.h"
#include "broker/protocol/messages/delete_acls.h"
#include "broker/protocol/messages/describe_acls.h"
#include "broker/protocol/messages/describe_client_quotas.h"
#include "broker/protocol/messages/describe_delegation_token.h"
#include "broker/protocol/messages/describe_user_scram_credentials.h"
#include "broker/protocol/messages/expire_delegation_token.h"
#include "broker/protocol/messages/renew_delegation_token.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addSecurityCases(std::vector<MessageCase>& cases) {
    addCases<SaslHandshakeRequest, SaslHandshakeResponse>(cases);
    addCases<DescribeAclsRequest, DescribeAclsResponse>(cases);
    addCases<CreateAclsRequest, CreateAclsResponse>(cases);
    addCases<DeleteAclsRequest, DeleteAclsResponse>(cases);
    addCases<SaslAuthenticateRequest, SaslAuthenticateResponse>(cases);
    addCases<CreateDelegationTokenRequest, CreateDelegationTokenResponse>(cases);
    addCases<RenewDelegationTokenRequest, RenewDelegationTokenResponse>(cases);
    addCases<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse>(cases);
    addCases<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>(cases);
    addCases<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(cases);
    addCases<AlterClientQuotasRequest, AlterClientQuotasResponse>(cases);
    addCases<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(cases);
    addCases<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(cases);
}

}  // namespace weir::protocol::test
