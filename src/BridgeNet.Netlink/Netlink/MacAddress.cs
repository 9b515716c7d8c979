using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace BridgeNet.Netlink;

/// <summary>A 48-bit MAC address that prints as Docker and <c>ip</c> print it: <c>02:42:ad:14:00:02</c>.</summary>
public readonly record struct MacAddress : IParsable<MacAddress>
{
    private readonly ulong _value;

    /// <summary>Creates an address from exactly six bytes, in transmission order.</summary>
    /// <exception cref="ArgumentException">The array has another length than six bytes.</exception>
    public MacAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 6)
            throw new ArgumentException("A MAC address has six bytes.", nameof(bytes));
        foreach (byte part in bytes)
            _value = (_value << 8) | part;
    }

    /// <summary>The six bytes, in transmission order.</summary>
    public byte[] GetBytes()
    {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++)
            bytes[i] = (byte)(_value >> (8 * (5 - i)));
        return bytes;
    }

    /// <summary>Whether it is valid for an interface: the group bit is clear, and not all bits are.</summary>
    public bool IsUnicast => _value != 0 && ((_value >> 40) & 1) == 0;

    /// <summary>Docker's MAC address for an endpoint: <c>02:42</c>, then the four bytes of its IPv4 address.</summary>
    public static MacAddress FromIPv4(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
            throw new ArgumentException("The address is not IPv4.", nameof(address));
        return new MacAddress([0x02, 0x42, .. address.GetAddressBytes()]);
    }

    /// <summary>The link-local address that the kernel assigns to an interface with this address (EUI-64; RFC 4291, appendix A).</summary>
    public IPAddress ToLinkLocal()
    {
        byte[] bytes = GetBytes();
        return new IPAddress([
            0xfe,
            0x80,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)(bytes[0] ^ 0x02),
            bytes[1],
            bytes[2],
            0xff,
            0xfe,
            bytes[3],
            bytes[4],
            bytes[5],
        ]);
    }

    /// <summary>A random, locally administered unicast address that begins with <c>02:42</c>, as Docker's bridges have.</summary>
    public static MacAddress Random() => new([0x02, 0x42, .. RandomNumberGenerator.GetBytes(4)]);

    /// <inheritdoc/>
    public static MacAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out MacAddress result)
            ? result
            : throw new FormatException($"'{s}' is not a MAC address; write six pairs of hex digits, such as 02:42:ac:11:00:02.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MacAddress result)
    {
        result = default;
        string[] parts = s?.Split(':', '-') ?? [];
        if (parts.Length != 6)
            return false;
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++)
        {
            if (
                parts[i].Length != 2
                || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i])
            )
                return false;
        }
        result = new MacAddress(bytes);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(':', GetBytes().Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
}
