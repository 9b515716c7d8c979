using BridgeNet.Netlink;

namespace BridgeNet.Kernel;

/// <summary>The source of ids and MAC addresses: random numbers that cannot be guessed and do not repeat.</summary>
internal interface IRandomness
{
    /// <summary>Fills a span with random bytes.</summary>
    void Fill(Span<byte> bytes);

    /// <summary>The id of a network, a container or an endpoint: 64 hex digits, as in Docker.</summary>
    string NewId() => NewHex(32);

    /// <summary>The id of a change or of a journal entry: 32 hex digits.</summary>
    string NewChangeId() => NewHex(16);

    /// <summary>A locally administered unicast MAC address that begins with Docker's <c>02:42</c>.</summary>
    MacAddress NewMacAddress()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return new MacAddress([0x02, 0x42, .. bytes]);
    }

    private string NewHex(int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
