using System.Buffers.Binary;
using System.Net;

namespace BridgeNet.Ipam;

/// <summary>IPv4 addresses as numbers.</summary>
internal static class AddressNumber
{
    public static uint Of(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    public static IPAddress ToAddress(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>The first and the last address of a subnet, network and broadcast included.</summary>
    public static (uint First, uint Last) Bounds(IPNetwork subnet)
    {
        uint first = Of(subnet.BaseAddress);
        return (first, first + (uint)((1UL << (32 - subnet.PrefixLength)) - 1));
    }

    /// <summary>The first and the last address that a device may have; all of a /31 (RFC 3021) and of a /32.</summary>
    public static (uint First, uint Last) Usable(IPNetwork subnet)
    {
        (uint first, uint last) = Bounds(subnet);
        return subnet.PrefixLength >= 31 ? (first, last) : (first + 1, last - 1);
    }
}
