using BridgeNet.Netlink.Examples;
using Xunit;

namespace BridgeNet.Kernel.Tests.Rtnetlink;

/// <summary>The programs that the README of BridgeNet.Netlink shows, each in a namespace of its own.</summary>
public sealed class NetlinkExamplesTests
{
    [Theory]
    [InlineData("links", "1: lo device down mtu 65536 00:00:00:00:00:00\n")]
    [InlineData("bridge", "veth0 is a port of br0 and forwards\nbr0 is gone\n")]
    [InlineData("filter", "table ip example, chain output: 1 rule\nset blocked: 2 addresses\nthe table is gone\n")]
    [InlineData("watch", "new or changed: br0\ndeleted: br0\nnothing was lost\n")]
    public void It_says_what_it_did(string example, string expected)
    {
        using PrivateNamespace space = new();
        space.Run(() =>
        {
            StringWriter output = new();
            Program.All[example](output);
            Assert.Equal(expected, output.ToString());
        });
    }
}
