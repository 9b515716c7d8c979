using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>The addresses of a subnet that a device may have (<see cref="AddressNumber.Usable"/>).</summary>
/// <param name="Subnet">The subnet.</param>
internal readonly record struct UsableAddresses(IPNetwork Subnet)
{
    /// <summary>Whether a device may have an address of the subnet.</summary>
    public bool Contains(IPAddress address)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(Subnet);
        UInt128 number = AddressNumber.Of(address);
        return number >= first && number <= last;
    }

    /// <summary>Whether a device may have at least one address of a range.</summary>
    public bool Overlaps(AddressRange range)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(Subnet);
        return AddressNumber.Of(range.First) <= last && AddressNumber.Of(range.Last) >= first;
    }

    /// <summary>What an address of the subnet is that no device may have.</summary>
    public string Meaning(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? "subnet-router anycast"
        : address.Equals(Subnet.BaseAddress) ? "network"
        : "broadcast";

    /// <summary>The first and the last, as text.</summary>
    public override string ToString()
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(Subnet);
        AddressFamily family = Subnet.BaseAddress.AddressFamily;
        return $"{AddressNumber.ToAddress(first, family)} to {AddressNumber.ToAddress(last, family)}";
    }
}
