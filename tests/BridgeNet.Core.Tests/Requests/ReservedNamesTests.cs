using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Core.Tests.Requests;

/// <summary>No neighbour is called what programs take for themselves or for the host.</summary>
public sealed class ReservedNamesTests
{
    private static readonly string s_machine = File.ReadAllText("/proc/sys/kernel/hostname").Trim();

    public static readonly TheoryData<string> Loopback =
    [
        "localhost",
        "LocalHost",
        "localhost.localdomain",
        "a.localhost",
        "A.b.LOCALHOST",
        "localhost4",
        "localhost6.localdomain6",
        "ip6-localhost",
        "ip6-loopback",
        "ip6-localnet",
        "ip6-mcastprefix",
        "IP6-allnodes",
        "ip6-allrouters",
        "ip6-allhosts",
        "broadcasthost",
        "host-gateway",
        "Host-Gateway",
    ];

    [Theory]
    [MemberData(nameof(Loopback))]
    public void A_loopback_name_is_refused_everywhere(string name) =>
        Assert.Equal([ErrorIds.InvalidName, ErrorIds.InvalidOption, ErrorIds.InvalidOption, ErrorIds.InvalidOption], Refused(name));

    [Theory]
    [InlineData("host.docker.internal")]
    [InlineData("Gateway.Docker.Internal")]
    [InlineData("host.containers.internal")]
    [InlineData("_outbound")]
    [InlineData("_LocalDnsStub")]
    public void The_hosts_name_of_engines_is_only_for_added_hosts(string name) =>
        Assert.Equal([ErrorIds.InvalidName, ErrorIds.InvalidOption, ErrorIds.InvalidOption, ""], Refused(name));

    [Fact]
    public void The_machines_own_name_is_only_for_added_hosts_and_for_what_a_container_calls_itself()
    {
        foreach (string name in (string[])[s_machine, s_machine.ToUpperInvariant(), s_machine.Split('.')[0]])
            Assert.Equal([ErrorIds.InvalidName, ErrorIds.InvalidOption, "", ""], Refused(name));
    }

    [Theory]
    [InlineData("localhost2")]
    [InlineData("my.localhost.test")]
    [InlineData("notlocalhost")]
    [InlineData("ip6")]
    [InlineData("my-ip6-x")]
    [InlineData("docker.internal")]
    [InlineData("gateway")]
    public void Other_names_are_still_valid(string name) => Assert.Equal(["", "", "", ""], Refused(name));

    [Theory]
    [InlineData("localhost.")]
    [InlineData("Localhost..")]
    [InlineData("host.docker.internal.")]
    public void A_dot_behind_it_makes_it_no_other(string name) => Assert.Equal(ErrorIds.InvalidName, Refused(name)[0]);

    [Fact]
    public void A_host_name_is_looked_at_with_its_domain()
    {
        List<Problem> problems = [];
        NameSettings.Read(new() { Hostname = "db", DomainName = "localhost" }, problems);
        Assert.Equal("db.localhost", Assert.Single(problems).Target);
        problems.Clear();
        NameSettings.Read(new() { Hostname = "host", DomainName = "docker.internal" }, problems);
        Assert.Equal("host.docker.internal", Assert.Single(problems).Target);
    }

    /// <summary>The error ids as a container's name, an alias, a host name and an added host; empty where it is taken.</summary>
    private static string[] Refused(string name)
    {
        string Id(Action<List<Problem>> check)
        {
            List<Problem> problems = [];
            check(problems);
            foreach (Problem problem in problems)
                Assert.Contains($"'{name}' is invalid as ", problem.Message, StringComparison.Ordinal);
            return problems.SingleOrDefault()?.ErrorId ?? "";
        }
        return
        [
            Id(problems => NameRules.CheckContainer(name, problems)),
            Id(problems => HostNameRules.CheckAlias(name, problems)),
            Id(problems => NameSettings.Read(new() { Hostname = name }, problems)),
            Id(problems => NameSettings.Read(new() { AddHost = [$"{name}:10.0.0.1"] }, problems)),
        ];
    }
}
