// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha512"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

func segmentioMechanism() sasl.Mechanism {
	algorithms := map[string]scram.Algorithm{"SCRAM-SHA-256": scram.SHA256, "SCRAM-SHA-512": scram.SHA512}
	if login.Mechanism == "PLAIN" {
		return plain.Mechanism{Username: login.User, Password: login.Password}
	} else if algorithm, is := algorithms[login.Mechanism]; is {
		mechanism, err := scram.Mechanism(algorithm, login.User, login.Password)
		if err != nil {
			panic(err)
		}
		return mechanism
	}
	return nil
}

// segmentioTransport has the login of the moment, and connections of its own then.
func segmentioTransport() kafka.RoundTripper {
	if login == nil {
		return nil
	}
	return &kafka.Transport{TLS: login.TLS, SASL: segmentioMechanism(), DialTimeout: 5 * time.Second}
}

func segmentioDialer() *kafka.Dialer {
	if login == nil {
		return &kafka.Dialer{Timeout: 10 * time.Second}
	}
	return &kafka.Dialer{Timeout: 10 * time.Second, TLS: login.TLS, SASLMechanism: segmentioMechanism()}
}

// Joining: it has neither static members nor the protocols that give up partitions one by one.
func (s *segmentio) Joining(string) Client { return s }

func (s *segmentio) ReadCommitted(topic string) ([]string, error) {
	if err := send(s, topic, "end"); err != nil {
		return nil, err
	}
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{s.client.Addr.String()}, Topic: topic, Dialer: segmentioDialer(),
		MaxWait: 100 * time.Millisecond, IsolationLevel: kafka.ReadCommitted})
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for got := []string(nil); ; {
		m, err := reader.ReadMessage(ctx)
		if err != nil {
			return got, err
		}
		if string(m.Value) == "end" {
			return got, nil
		}
		got = append(got, string(m.Value))
	}
}

func (s *segmentio) Writer() (func(topic, value string) error, func(), error) {
	writer := &kafka.Writer{Addr: s.client.Addr, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond, MaxAttempts: 600,
		WriteBackoffMin: 50 * time.Millisecond, WriteBackoffMax: 100 * time.Millisecond}
	return func(topic, value string) error {
		return writer.WriteMessages(context.Background(), kafka.Message{Topic: topic, Value: []byte(value)})
	}, func() { writer.Close() }, nil
}

func (s *segmentio) AlterOffsets(group, topic string, offsets map[int32]int64) error {
	return s.Commit(group, topic, offsets)
}

func (s *segmentio) DeleteGroup(group string) error {
	answer, err := s.client.DeleteGroups(context.Background(), &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	return answer.Errors[group]
}

func (s *segmentio) Groups() ([]string, error) {
	answer, err := s.client.ListGroups(context.Background(), &kafka.ListGroupsRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, group := range answer.Groups {
		names = append(names, group.GroupID)
	}
	return names, answer.Error
}

func (s *segmentio) GroupState(group string) (string, []string, error) {
	answer, err := s.client.DescribeGroups(context.Background(), &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return "", nil, err
	}
	var ids []string
	for _, member := range answer.Groups[0].Members {
		ids = append(ids, member.ClientID)
	}
	return answer.Groups[0].GroupState, ids, answer.Groups[0].Error
}

func (s *segmentio) Grow(topic string, partitions int32) error {
	answer, err := s.client.CreatePartitions(context.Background(), &kafka.CreatePartitionsRequest{
		Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: partitions}}})
	if err != nil {
		return err
	}
	return answer.Errors[topic]
}

func (s *segmentio) Partitions(topic string) (int, error) {
	answer, err := s.client.Metadata(context.Background(), &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return 0, err
	}
	return len(answer.Topics[0].Partitions), nil
}

func (s *segmentio) Alter(topic, operation, key, value string) error {
	operations := map[string]kafka.ConfigOperation{"set": kafka.ConfigOperationSet, "append": kafka.ConfigOperationAppend,
		"subtract": kafka.ConfigOperationSubtract, "delete": kafka.ConfigOperationDelete}
	answer, err := s.client.IncrementalAlterConfigs(context.Background(), &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			Configs: []kafka.IncrementalAlterConfigsRequestConfig{{Name: key, Value: value, ConfigOperation: operations[operation]}}}}})
	if err != nil {
		return err
	}
	return answer.Resources[0].Error
}

func (s *segmentio) Config(topic, key string) (string, int, []string, error) {
	answer, err := s.client.DescribeConfigs(context.Background(), &kafka.DescribeConfigsRequest{IncludeSynonyms: true,
		Resources: []kafka.DescribeConfigRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{key}}}})
	if err != nil {
		return "", 0, nil, err
	}
	entry := answer.Resources[0].ConfigEntries[0]
	// Its DescribeConfigs forgets on the way (Split) that synonyms were asked for.
	synonyms := []string{key + "=" + entry.ConfigValue}
	return entry.ConfigValue, int(entry.ConfigSource), synonyms, nil
}

func (s *segmentio) AddAcls(topic string) error {
	rule := func(pattern kafka.PatternType, operation kafka.ACLOperationType, permission kafka.ACLPermissionType) kafka.ACLEntry {
		return kafka.ACLEntry{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ResourcePatternType: pattern,
			Principal: "User:zoe", Host: "*", Operation: operation, PermissionType: permission}
	}
	answer, err := s.client.CreateACLs(context.Background(), &kafka.CreateACLsRequest{ACLs: []kafka.ACLEntry{
		rule(kafka.PatternTypeLiteral, kafka.ACLOperationTypeRead, kafka.ACLPermissionTypeAllow),
		rule(kafka.PatternTypePrefixed, kafka.ACLOperationTypeWrite, kafka.ACLPermissionTypeDeny)}})
	if err != nil {
		return err
	}
	return errors.Join(answer.Errors...)
}

func (s *segmentio) Acls(topic string) (int, error) {
	answer, err := s.client.DescribeACLs(context.Background(), &kafka.DescribeACLsRequest{Filter: kafka.ACLFilter{
		ResourceTypeFilter: kafka.ResourceTypeTopic, ResourceNameFilter: topic, ResourcePatternTypeFilter: kafka.PatternTypeAny,
		Operation: kafka.ACLOperationTypeAny, PermissionType: kafka.ACLPermissionTypeAny}})
	if err != nil {
		return 0, err
	}
	count := 0
	for _, resource := range answer.Resources {
		count += len(resource.ACLs)
	}
	return count, answer.Error
}

func (s *segmentio) RemoveAcls(topic string) (int, error) {
	answer, err := s.client.DeleteACLs(context.Background(), &kafka.DeleteACLsRequest{Filters: []kafka.DeleteACLsFilter{{
		ResourceTypeFilter: kafka.ResourceTypeTopic, ResourceNameFilter: topic, ResourcePatternTypeFilter: kafka.PatternTypeAny,
		Operation: kafka.ACLOperationTypeAny, PermissionType: kafka.ACLPermissionTypeAny}}})
	if err != nil {
		return 0, err
	}
	return len(answer.Results[0].MatchingACLs), answer.Results[0].Error
}

func (s *segmentio) alterScram(request kafka.AlterUserScramCredentialsRequest) error {
	answer, err := s.client.AlterUserScramCredentials(context.Background(), &request)
	if err != nil {
		return err
	}
	return answer.Results[0].Error
}

func (s *segmentio) SetScram(user string) error {
	salt := []byte("salt of some kind")
	salted, err := pbkdf2.Key(sha512.New, "secret", salt, 8192, sha512.Size)
	if err != nil {
		return err
	}
	return s.alterScram(kafka.AlterUserScramCredentialsRequest{Upsertions: []kafka.UserScramCredentialsUpsertion{{Name: user,
		Mechanism: kafka.ScramMechanismSha512, Iterations: 8192, Salt: salt, SaltedPassword: salted}}})
}

func (s *segmentio) RemoveScram(user string) error {
	return s.alterScram(kafka.AlterUserScramCredentialsRequest{Deletions: []kafka.UserScramCredentialsDeletion{
		{Name: user, Mechanism: kafka.ScramMechanismSha512}}})
}

func (s *segmentio) Scram(user string) ([]int, error) {
	answer, err := s.client.DescribeUserScramCredentials(context.Background(), &kafka.DescribeUserScramCredentialsRequest{
		Users: []kafka.UserScramCredentialsUser{{Name: user}}})
	if err != nil {
		return nil, err
	}
	var iterations []int
	for _, info := range answer.Results[0].CredentialInfos {
		iterations = append(iterations, info.Iterations)
	}
	return iterations, answer.Results[0].Error
}

func (s *segmentio) quota(clientID string, op kafka.AlterClientQuotaOps) error {
	answer, err := s.client.AlterClientQuotas(context.Background(), &kafka.AlterClientQuotasRequest{Entries: []kafka.AlterClientQuotaEntry{{
		Entities: []kafka.AlterClientQuotaEntity{{EntityType: "client-id", EntityName: clientID}}, Ops: []kafka.AlterClientQuotaOps{op}}}})
	if err != nil {
		return err
	}
	return answer.Entries[0].Error
}

func (s *segmentio) SetQuota(clientID string, bytes float64) error {
	return s.quota(clientID, kafka.AlterClientQuotaOps{Key: "producer_byte_rate", Value: bytes})
}

func (s *segmentio) RemoveQuota(clientID string) error {
	return s.quota(clientID, kafka.AlterClientQuotaOps{Key: "producer_byte_rate", Remove: true})
}

func (s *segmentio) Quota(clientID string) (float64, error) {
	answer, err := s.client.DescribeClientQuotas(context.Background(), &kafka.DescribeClientQuotasRequest{Strict: true,
		Components: []kafka.DescribeClientQuotasRequestComponent{{EntityType: "client-id", Match: clientID}}})
	if err != nil || len(answer.Entries) == 0 {
		return 0, err
	}
	return answer.Entries[0].Values[0].Value, answer.Error
}

func (s *segmentio) Matrix() []scenario { return nil }
