using System.Net;
using System.Numerics;

namespace BridgeNet.Model;

/// <summary>How the addresses of a network are managed, with the nesting of <c>docker network inspect</c>.</summary>
public sealed class Ipam
{
    private readonly IpamConfig[] _config;

    internal Ipam(IpamRow row)
    {
        _config = [.. row.Config.Select(static config => new IpamConfig(config))];
        Driver = row.Driver;
        Options = row.Options is null ? null : new TextMap(row.Options);
    }

    /// <summary>Always <c>default</c>: the pools and subnets of this module.</summary>
    public string Driver { get; }

    /// <summary>Driver options; null for predefined networks, empty for others, as in Docker.</summary>
    public TextMap? Options { get; }

    /// <summary>The subnets, at most one for each address family.</summary>
    public ObjectList<IpamConfig> Config => new(_config);

    /// <summary>The subnets, for use in a list.</summary>
    public override string ToString() => Config.ToString();
}

/// <summary>One subnet of a network, as <c>docker network inspect</c> shows it under <c>IPAM.Config</c>.</summary>
public sealed class IpamConfig
{
    private readonly IPNetwork _subnet;

    internal IpamConfig(SubnetRow row)
    {
        _subnet = row.Subnet;
        IPRange = row.IPRange?.ToString();
        Gateway = row.Gateway?.ToString();
        AuxiliaryAddresses = new TextMap(row.AuxiliaryAddresses.Select(static aux => KeyValuePair.Create(aux.Key, $"{aux.Value}")));
        Automatic = row.Automatic;
        UsedAddresses = row.UsedAddresses;
        FreeAddresses = Saturate(row.FreeAddresses);
    }

    /// <summary>The subnet of the addresses, in CIDR form.</summary>
    public string Subnet => _subnet.ToString();

    /// <summary>The part of the subnet for automatic addresses, a CIDR or <c>FIRST-LAST</c>; null for all of it.</summary>
    public string? IPRange { get; }

    /// <summary>The address of the bridge, which is the default gateway of the containers; null without a gateway.</summary>
    public string? Gateway { get; }

    /// <summary>Addresses of other devices, by name; they are never assigned.</summary>
    public TextMap AuxiliaryAddresses { get; }

    /// <summary>Whether the subnet was chosen from the pools; such a network accepts no requested addresses (Docker's rule).</summary>
    public bool Automatic { get; }

    /// <summary>The number of used addresses: gateway, auxiliary addresses, endpoints and reservations.</summary>
    public int UsedAddresses { get; }

    /// <summary>
    /// The number of addresses that can still be assigned automatically; exact up to 2^64 - 1, which also stands for every larger number.
    /// </summary>
    public ulong FreeAddresses { get; }

    /// <summary>Whether the subnet contains an address.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public bool Contains(string address) =>
        _subnet.Contains(AddressNumber.Parse(address) ?? throw new FormatException($"'{address}' is not an IPv4 or IPv6 address."));

    /// <summary>The subnet, for use in a string.</summary>
    public override string ToString() => Subnet;

    /// <summary>Converts a count to a type that every format of PowerShell can store: Export-Clixml does not support BigInteger.</summary>
    internal static ulong Saturate(BigInteger count) => count > ulong.MaxValue ? ulong.MaxValue : (ulong)count;
}
