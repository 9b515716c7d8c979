using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>Addresses of both families as numbers.</summary>
internal static class AddressNumber
{
    /// <summary>The address families, IPv4 first.</summary>
    public static IReadOnlyList<AddressFamily> Families { get; } = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    public static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static IPAddress ToAddress(UInt128 number, AddressFamily family)
    {
        byte[] bytes = new byte[family == AddressFamily.InterNetwork ? 4 : 16];
        if (bytes.Length == 4)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        else
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>Whether it is the unspecified address, 0.0.0.0 or ::, which stands for all addresses of a listening socket.</summary>
    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>The length of an address in bits: 32 or 128.</summary>
    public static int Bits(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    /// <summary>The subnet with this prefix length that contains the address.</summary>
    public static IPNetwork Subnet(IPAddress address, int length)
    {
        int host = Bits(address.AddressFamily) - length;
        // C# masks the shift count, so a shift by 128 bits would do nothing.
        UInt128 number = host == 128 ? 0 : Of(address) >> host << host;
        return new IPNetwork(ToAddress(number, address.AddressFamily), length);
    }

    /// <summary>The first and last address of a subnet, network and broadcast address included.</summary>
    public static (UInt128 First, UInt128 Last) Bounds(IPNetwork subnet)
    {
        UInt128 first = Of(subnet.BaseAddress);
        int host = Bits(subnet.BaseAddress.AddressFamily) - subnet.PrefixLength;
        return (first, host == 128 ? UInt128.MaxValue : first + (UInt128.One << host) - 1);
    }

    /// <summary>
    /// The first and last address that a device may have. IPv4: without network and broadcast address, but all of a /31 (RFC 3021) and of a
    /// /32. IPv6: without the subnet-router anycast address (RFC 4291, 2.6.1), but all of a /127 (RFC 6164) and of a /128.
    /// </summary>
    public static (UInt128 First, UInt128 Last) Usable(IPNetwork subnet)
    {
        (UInt128 first, UInt128 last) = Bounds(subnet);
        if (last - first <= 1)
            return (first, last);
        return (first + 1, subnet.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? last - 1 : last);
    }

    /// <summary>
    /// Parses an address as people write it: IPv4 as four decimal numbers without leading zeros (<c>10.1</c> and <c>010.0.0.1</c>, which
    /// .NET parses as C does, are refused), IPv6 without a zone; null for other text.
    /// </summary>
    public static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
        && (
            address.AddressFamily == AddressFamily.InterNetwork
                ? address.ToString() == text
                : address.ScopeId == 0 && !text.Contains('%') && !text.Contains('[') && !address.IsIPv4MappedToIPv6
        )
            ? address
            : null;
}
