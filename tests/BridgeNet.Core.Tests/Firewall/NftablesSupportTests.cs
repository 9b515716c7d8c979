using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>A kernel without nf_tables, or without a part of it, is recognized, and the option that it lacks is named.</summary>
public sealed class NftablesSupportTests
{
    [Theory]
    [InlineData(93, "CONFIG_NF_TABLES_INET")] // EPROTONOSUPPORT
    [InlineData(95, "CONFIG_NF_TABLES_INET")] // EOPNOTSUPP
    [InlineData(97, "CONFIG_NF_TABLES_INET")] // EAFNOSUPPORT
    [InlineData(2, "CONFIG_NFT_FIB_INET")] // ENOENT
    public void The_option_is_named(int errno, string option) =>
        AssertNames(option, NftablesSupport.Explain(new NetlinkException("nft -f", errno, null)));

    [Theory]
    [InlineData(1)] // EPERM
    [InlineData(16)] // EBUSY
    public void Another_failure_is_another(int errno) => Assert.Null(NftablesSupport.Explain(new NetlinkException("nft -f", errno, null)));

    [Theory]
    [InlineData(
        "iptables-restore v1.8.9 (nf_tables): \nline 2: TABLE_ADD failed (Operation not supported): table filter\nline 2: CHAIN_USER_ADD failed"
    )]
    [InlineData("iptables/1.8.7 Failed to initialize nft: Protocol not supported")]
    public void Iptables_says_it_in_its_own_words(string error)
    {
        BridgeNetException? refused = NftablesSupport.Explain("iptables-restore", error);
        AssertNames("CONFIG_NF_TABLES_IPV4", refused);
        Assert.DoesNotContain('\n', refused!.Message);
    }

    [Fact]
    public void A_rule_that_iptables_does_not_know_is_another_failure() =>
        Assert.Null(NftablesSupport.Explain("iptables-restore", "line 3: RULE_APPEND failed (Operation not supported): rule in chain X"));

    private static void AssertNames(string option, BridgeNetException? refused)
    {
        Problem problem = Assert.Single(refused!.Problems);
        Assert.Equal((ErrorIds.FirewallFailed, ProblemCategory.NotImplemented), (problem.ErrorId, problem.Category));
        Assert.Contains(option, problem.Message, StringComparison.Ordinal);
    }
}
