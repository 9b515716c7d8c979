using System.Net;
using BridgeNet.Names;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Core.Tests.Names;

public sealed class ResolvConfTests
{
    private const string Stub = """
        # This is /run/systemd/resolve/stub-resolv.conf managed by man:systemd-resolved(8).
        nameserver 127.0.0.53
        options edns0 trust-ad
        search lan
        """;

    private const string Behind = """
        nameserver 192.0.2.53
        nameserver fe80::1%2
        nameserver 2001:db8::53
        search .
        """;

    [Fact]
    public void The_hosts_servers_search_list_and_options_are_kept() =>
        Assert.Equal(
            ["nameserver 10.255.255.53", "search corp.test lan.", "options ndots:2 edns0 rotate"],
            Lines(
                """
                # a comment
                ; another
                nameserver 10.255.255.53   # trailing words
                domain old.test
                search corp.test lan.
                options ndots:2 edns0
                options rotate
                lookup file bind
                """
            )
        );

    [Fact]
    public void It_begins_with_our_mark() => Assert.StartsWith("# Written by BridgeNet, ", ResolvConf.Build("", null, new(), true));

    [Fact]
    public void Servers_on_loopback_are_left_out() =>
        Assert.Equal(
            ["nameserver 192.0.2.1"],
            Lines("nameserver 127.0.0.1\nnameserver ::1\nnameserver 0.0.0.0\nnameserver 192.0.2.1\nnameserver 192.0.2.1\n")
        );

    [Fact]
    public void Behind_a_stub_are_the_servers_that_it_asks() =>
        Assert.Equal(["nameserver 192.0.2.53", "nameserver 2001:db8::53"], Lines(Stub, Behind));

    [Fact]
    public void Without_IPv6_there_are_no_servers_of_it() => Assert.Equal(["nameserver 192.0.2.53"], Lines(Stub, Behind, ipv6: false));

    [Theory]
    [InlineData(null)]
    [InlineData("nameserver ::1")]
    public void Without_a_reachable_server_it_says_so_and_uses_no_other(string? behind)
    {
        string[] lines = Lines(Stub, behind);
        Assert.StartsWith("# No name server: ", lines[0]);
        Assert.Equal(["search lan", "options edns0 trust-ad"], lines[1..]);
    }

    [Fact]
    public void A_given_setting_replaces_only_its_kind()
    {
        const string host = "nameserver 10.255.255.53\nsearch corp.test\noptions rotate\n";
        Assert.Equal(
            ["nameserver 10.9.9.9", "nameserver fd00::9", "search corp.test", "options rotate"],
            Lines(host, settings: new() { Dns = [IPAddress.Parse("10.9.9.9"), IPAddress.Parse("fd00::9")] }, ipv6: false)
        );
        Assert.Equal(
            ["nameserver 10.255.255.53", "search a.test b.test", "options ndots:2"],
            Lines(host, settings: new() { DnsSearch = ["a.test", "b.test"], DnsOptions = ["ndots:2"] })
        );
        Assert.Equal(["nameserver 10.255.255.53", "options rotate"], Lines(host, settings: new() { DnsSearch = ["."] }));
        Assert.Equal(["nameserver 127.0.0.1"], Lines("", settings: new() { Dns = [IPAddress.Loopback] }));
    }

    private static string[] Lines(string host, string? resolved = null, NameSettings? settings = null, bool ipv6 = true) =>
        ResolvConf.Build(host, resolved, settings ?? new(), ipv6).TrimEnd('\n').Split('\n')[1..];
}
