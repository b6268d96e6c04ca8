// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
)

type saramaScram struct {
	hash scram.HashGeneratorFcn
	*scram.ClientConversation
}

func (s *saramaScram) Begin(user, password, authorization string) error {
	client, err := s.hash.NewClient(user, password, authorization)
	if err == nil {
		s.ClientConversation = client.NewConversation()
	}
	return err
}

// saramaLogin adds the login of the moment.
func saramaLogin(config *sarama.Config) {
	if login == nil {
		return
	}
	config.Metadata.Retry.Max = 1
	config.Net.TLS.Enable, config.Net.TLS.Config = true, login.TLS
	if login.Mechanism == "" {
		return
	}
	config.Net.SASL.Enable, config.Net.SASL.User, config.Net.SASL.Password = true, login.User, login.Password
	config.Net.SASL.Mechanism = sarama.SASLMechanism(login.Mechanism)
	config.Net.SASL.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient {
		if login.Mechanism == "SCRAM-SHA-256" {
			return &saramaScram{hash: scram.SHA256}
		}
		return &saramaScram{hash: scram.SHA512}
	}
}

// administer runs `work` with an admin client.
func administer[T any](s *saramaClient, work func(sarama.ClusterAdmin) (T, error)) (T, error) {
	admin, err := s.admin()
	if err != nil {
		var none T
		return none, err
	}
	defer admin.Close()
	return work(admin)
}

func (s *saramaClient) change(work func(sarama.ClusterAdmin) error) error {
	_, err := administer(s, func(admin sarama.ClusterAdmin) (bool, error) { return true, work(admin) })
	return err
}

func (s *saramaClient) Joining(how string) Client {
	return &saramaClient{s.bootstrap, func(config *sarama.Config) {
		if id, isStatic := strings.CutPrefix(how, "static:"); isStatic {
			config.Consumer.Group.InstanceId = id
			config.Consumer.Group.Session.Timeout = 30 * time.Second
		} else {
			config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{sarama.NewBalanceStrategyCooperativeSticky()}
		}
	}}
}

func (s *saramaClient) ReadCommitted(topic string) ([]string, error) {
	config := saramaConfig()
	config.Consumer.IsolationLevel = sarama.ReadCommitted
	// The marker is the last that is there.
	if err := send(s, topic, "end"); err != nil {
		return nil, err
	}
	consumer, err := sarama.NewConsumer([]string{s.bootstrap}, config)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	if err != nil {
		return nil, err
	}
	defer partition.AsyncClose()
	var got []string
	for patience := time.After(time.Minute); ; {
		select {
		case m := <-partition.Messages():
			if string(m.Value) == "end" {
				return got, nil
			}
			got = append(got, string(m.Value))
		case <-patience:
			return got, errors.New("the marker never came")
		}
	}
}

func (s *saramaClient) Writer() (func(topic, value string) error, func(), error) {
	config := saramaConfig()
	config.Producer.Idempotent, config.Producer.RequiredAcks, config.Net.MaxOpenRequests = true, sarama.WaitForAll, 1
	config.Producer.Retry.Max, config.Producer.Retry.Backoff = 600, 100*time.Millisecond
	config.Producer.Partitioner = sarama.NewManualPartitioner
	producer, err := sarama.NewSyncProducer([]string{s.bootstrap}, config)
	if err != nil {
		return nil, nil, err
	}
	return func(topic, value string) error { return saramaWrite(producer, topic, value) }, func() { producer.Close() }, nil
}

func (s *saramaClient) AlterOffsets(group, topic string, offsets map[int32]int64) error {
	all := map[int32]sarama.OffsetAndMetadata{}
	for p, o := range offsets {
		all[p] = sarama.OffsetAndMetadata{Offset: o, LeaderEpoch: -1}
	}
	return s.change(func(admin sarama.ClusterAdmin) error {
		_, err := admin.AlterConsumerGroupOffsets(group, map[string]map[int32]sarama.OffsetAndMetadata{topic: all}, nil)
		return err
	})
}

func (s *saramaClient) DeleteGroup(group string) error {
	return s.change(func(admin sarama.ClusterAdmin) error { return admin.DeleteConsumerGroup(group) })
}

func (s *saramaClient) Groups() ([]string, error) {
	return administer(s, func(admin sarama.ClusterAdmin) ([]string, error) {
		all, err := admin.ListConsumerGroups()
		var names []string
		for name := range all {
			names = append(names, name)
		}
		return names, err
	})
}

func (s *saramaClient) GroupState(group string) (string, []string, error) {
	found, err := administer(s, func(admin sarama.ClusterAdmin) ([]*sarama.GroupDescription, error) {
		return admin.DescribeConsumerGroups([]string{group})
	})
	if err != nil {
		return "", nil, err
	}
	var ids []string
	for _, member := range found[0].Members {
		ids = append(ids, member.ClientId)
	}
	return found[0].State, ids, nil
}

func (s *saramaClient) Grow(topic string, partitions int32) error {
	return s.change(func(admin sarama.ClusterAdmin) error { return admin.CreatePartitions(topic, partitions, nil, false) })
}

func (s *saramaClient) Partitions(topic string) (int, error) {
	return administer(s, func(admin sarama.ClusterAdmin) (int, error) {
		found, err := admin.DescribeTopics([]string{topic})
		if err != nil {
			return 0, err
		}
		return len(found[0].Partitions), nil
	})
}

func (s *saramaClient) Alter(topic, operation, key, value string) error {
	change := sarama.IncrementalAlterConfigsEntry{Operation: map[string]sarama.IncrementalAlterConfigsOperation{
		"set": sarama.IncrementalAlterConfigsOperationSet, "append": sarama.IncrementalAlterConfigsOperationAppend,
		"subtract": sarama.IncrementalAlterConfigsOperationSubtract,
		"delete":   sarama.IncrementalAlterConfigsOperationDelete}[operation], Value: &value}
	return s.change(func(admin sarama.ClusterAdmin) error {
		return admin.IncrementalAlterConfig(sarama.TopicResource, topic, map[string]sarama.IncrementalAlterConfigsEntry{key: change}, false)
	})
}

func (s *saramaClient) Config(topic, key string) (string, int, []string, error) {
	found, err := administer(s, func(admin sarama.ClusterAdmin) ([]*sarama.ConfigResourceResult, error) {
		return admin.DescribeConfigs([]*sarama.ConfigResource{{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{key}}},
			sarama.DescribeConfigsOptions{IncludeSynonyms: true})
	})
	if err != nil {
		return "", 0, nil, err
	}
	entry := found[0].Configs[0]
	var synonyms []string
	for _, synonym := range entry.Synonyms {
		synonyms = append(synonyms, synonym.ConfigName+"="+synonym.ConfigValue)
	}
	return entry.Value, int(entry.Source), synonyms, nil
}

func (s *saramaClient) AddAcls(topic string) error {
	return s.change(func(admin sarama.ClusterAdmin) error {
		return admin.CreateACLs([]*sarama.ResourceAcls{
			{Resource: sarama.Resource{ResourceType: sarama.AclResourceTopic, ResourceName: topic, ResourcePatternType: sarama.AclPatternLiteral},
				Acls: []*sarama.Acl{{Principal: "User:zoe", Host: "*", Operation: sarama.AclOperationRead, PermissionType: sarama.AclPermissionAllow}}},
			{Resource: sarama.Resource{ResourceType: sarama.AclResourceTopic, ResourceName: topic, ResourcePatternType: sarama.AclPatternPrefixed},
				Acls: []*sarama.Acl{{Principal: "User:zoe", Host: "*", Operation: sarama.AclOperationWrite, PermissionType: sarama.AclPermissionDeny}}}})
	})
}

func saramaRules(topic string) sarama.AclFilter {
	return sarama.AclFilter{Version: 1, ResourceType: sarama.AclResourceTopic, ResourceName: &topic,
		ResourcePatternTypeFilter: sarama.AclPatternAny, Operation: sarama.AclOperationAny, PermissionType: sarama.AclPermissionAny}
}

func (s *saramaClient) Acls(topic string) (int, error) {
	return administer(s, func(admin sarama.ClusterAdmin) (int, error) {
		found, err := admin.ListAcls(saramaRules(topic))
		count := 0
		for _, resource := range found {
			count += len(resource.Acls)
		}
		return count, err
	})
}

func (s *saramaClient) RemoveAcls(topic string) (int, error) {
	return administer(s, func(admin sarama.ClusterAdmin) (int, error) {
		removed, err := admin.DeleteACL(saramaRules(topic), false)
		return len(removed), err
	})
}

func saramaScramAnswer(answers []*sarama.AlterUserScramCredentialsResult, err error) error {
	for _, answer := range answers {
		if err == nil && answer.ErrorCode != sarama.ErrNoError {
			err = answer.ErrorCode
		}
	}
	return err
}

func (s *saramaClient) SetScram(user string) error {
	return s.change(func(admin sarama.ClusterAdmin) error {
		return saramaScramAnswer(admin.UpsertUserScramCredentials([]sarama.AlterUserScramCredentialsUpsert{{Name: user,
			Mechanism: sarama.SCRAM_MECHANISM_SHA_512, Iterations: 8192, Salt: []byte("salt of some kind"), Password: []byte("secret")}}))
	})
}

func (s *saramaClient) RemoveScram(user string) error {
	return s.change(func(admin sarama.ClusterAdmin) error {
		return saramaScramAnswer(admin.DeleteUserScramCredentials(
			[]sarama.AlterUserScramCredentialsDelete{{Name: user, Mechanism: sarama.SCRAM_MECHANISM_SHA_512}}))
	})
}

func (s *saramaClient) Scram(user string) ([]int, error) {
	return administer(s, func(admin sarama.ClusterAdmin) ([]int, error) {
		found, err := admin.DescribeUserScramCredentials([]string{user})
		var iterations []int
		for _, each := range found {
			for _, info := range each.CredentialInfos {
				iterations = append(iterations, int(info.Iterations))
			}
		}
		return iterations, err
	})
}

func (s *saramaClient) quota(clientID string, op sarama.ClientQuotasOp) error {
	return s.change(func(admin sarama.ClusterAdmin) error {
		return admin.AlterClientQuotas([]sarama.QuotaEntityComponent{{EntityType: sarama.QuotaEntityClientID,
			MatchType: sarama.QuotaMatchExact, Name: clientID}}, op, false)
	})
}

func (s *saramaClient) SetQuota(clientID string, bytes float64) error {
	return s.quota(clientID, sarama.ClientQuotasOp{Key: "producer_byte_rate", Value: bytes})
}

func (s *saramaClient) RemoveQuota(clientID string) error {
	return s.quota(clientID, sarama.ClientQuotasOp{Key: "producer_byte_rate", Remove: true})
}

func (s *saramaClient) Quota(clientID string) (float64, error) {
	return administer(s, func(admin sarama.ClusterAdmin) (float64, error) {
		found, err := admin.DescribeClientQuotas([]sarama.QuotaFilterComponent{{EntityType: sarama.QuotaEntityClientID,
			MatchType: sarama.QuotaMatchExact, Match: clientID}}, true)
		if err != nil || len(found) == 0 {
			return 0, err
		}
		return found[0].Values["producer_byte_rate"], nil
	})
}

func (s *saramaClient) transactional(id string) (sarama.SyncProducer, error) {
	config := saramaConfig()
	config.Producer.Idempotent, config.Producer.RequiredAcks, config.Net.MaxOpenRequests = true, sarama.WaitForAll, 1
	config.Producer.Transaction.ID = id
	config.Producer.Partitioner = sarama.NewManualPartitioner
	return sarama.NewSyncProducer([]string{s.bootstrap}, config)
}

func saramaWrite(producer sarama.SyncProducer, topic, text string) error {
	_, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(text)})
	return err
}

func saramaTransactions(c Asked) error {
	s, topic, group := c.(*saramaClient), "go-txn-"+run, "go-txn-group-"+run
	if err := s.Create(topic, 1); err != nil {
		return err
	}
	producer, err := s.transactional("go-txn-" + run)
	if err != nil {
		return err
	}
	defer producer.Close()
	for i, text := range []string{"a", "b", "c"} {
		note := ""
		offsets := map[string][]*sarama.PartitionOffsetMetadata{topic: {{Partition: 0, Offset: int64(7 + i), Metadata: &note}}}
		if err := errors.Join(producer.BeginTxn(), saramaWrite(producer, topic, text), producer.AddOffsetsToTxn(offsets, group)); err != nil {
			return err
		}
		end := producer.CommitTxn
		if text != "a" {
			end = producer.AbortTxn
		}
		if err := end(); err != nil {
			return err
		}
	}
	got, err := s.Committed(group, topic)
	if err != nil {
		return err
	}
	return errors.Join(wrong("position", got[0], 7), whole(c, topic, []string{"a"}))
}

func saramaFencing(c Asked) error {
	s, topic := c.(*saramaClient), "go-fence-"+run
	if err := s.Create(topic, 1); err != nil {
		return err
	}
	old, err := s.transactional("go-fence-" + run)
	if err != nil {
		return err
	}
	defer old.Close()
	if err := errors.Join(old.BeginTxn(), saramaWrite(old, topic, "of the old one")); err != nil {
		return err
	}
	young, err := s.transactional("go-fence-" + run)
	if err != nil {
		return err
	}
	defer young.Close()
	if errors.Join(saramaWrite(old, topic, "too late"), old.CommitTxn()) == nil {
		return errors.New("the older producer was not fenced")
	}
	if err := errors.Join(young.BeginTxn(), saramaWrite(young, topic, "of the new one"), young.CommitTxn()); err != nil {
		return err
	}
	return whole(c, topic, []string{"of the new one"})
}

func saramaLogDirs(c Asked) error {
	s, topic := c.(*saramaClient), "go-dirs-"+run
	if err := errors.Join(s.Create(topic, 1), send(c, topic, strings.Repeat("x", 1000))); err != nil {
		return err
	}
	size, err := administer(s, func(admin sarama.ClusterAdmin) (int64, error) {
		brokers, _, err := admin.DescribeCluster()
		if err != nil {
			return 0, err
		}
		all, err := admin.DescribeLogDirs([]int32{brokers[0].ID()})
		size := int64(0)
		for _, dirs := range all {
			for _, dir := range dirs {
				for _, each := range dir.Topics {
					if each.Topic == topic {
						size += each.Partitions[0].Size
					}
				}
			}
		}
		return size, err
	})
	if err == nil && size < 1000 {
		err = fmt.Errorf("a size of %d", size)
	}
	return err
}

func (s *saramaClient) Matrix() []scenario {
	asked := func(work func(Asked) error) func(Client) error {
		return func(c Client) error { return work(c.(Asked)) }
	}
	return []scenario{{"idempotence", asked(idempotence)}, {"transactions", asked(saramaTransactions)},
		{"fencing", asked(saramaFencing)}, {"static", asked(static)}, {"cooperative", asked(churned("cooperative"))},
		{"admin-log-dirs", asked(saramaLogDirs)}}
}
