using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>The kernel's names are bytes; none of them is another's text, and each can be written again.</summary>
public sealed class KernelTextTests
{
    // Not in attributes, which the compiler writes as UTF-8.
    public static TheoryData<string, string> Names =>
        new()
        {
            { "65 74 68 30", "eth0" },
            { "c3 a9", "é" },
            { "f0 9f 90 b3", "🐳" },
            { "78 ff", "x\udcff" },
            { "78 fe", "x\udcfe" },
            { "c3 28", "\udcc3(" },
            { "ed b3 bf", "\udced\udcb3\udcbf" }, // a surrogate, which is none in UTF-8
            { "f0 9f", "\udcf0\udc9f" },
            { "", "" },
        };

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public void Bytes_become_text_and_the_same_bytes_again(string bytes, string text)
    {
        byte[] name = Hex.Bytes(bytes);
        Assert.Equal(text, KernelText.Of(name));
        Assert.Equal(name, KernelText.GetBytes(text));
    }

    [Fact]
    public void No_two_names_are_one()
    {
        HashSet<string> seen = [];
        for (int one = 0; one < 256; one++)
        {
            for (int other = 0; other < 256; other++)
            {
                byte[] name = [(byte)one, (byte)other];
                Assert.True(seen.Add(KernelText.Of(name)));
                Assert.Equal(name, KernelText.GetBytes(KernelText.Of(name)));
            }
        }
    }
}
