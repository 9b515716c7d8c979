using System.Net;
using System.Numerics;

namespace BridgeNet.Model;

/// <summary>How the addresses of a network are managed, as <c>docker network inspect</c> nests it.</summary>
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

    /// <summary>Driver options; null on predefined networks, empty on others, as in Docker.</summary>
    public TextMap? Options { get; }

    /// <summary>The subnets, at most one of each address family.</summary>
    public ObjectList<IpamConfig> Config => new(_config);

    /// <summary>The subnets, so that it reads as something in a list.</summary>
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

    /// <summary>The subnet that addresses are given from, in CIDR form.</summary>
    public string Subnet => _subnet.ToString();

    /// <summary>The part of the subnet that automatic addresses come from, a CIDR or <c>FIRST-LAST</c>; null means all of it.</summary>
    public string? IPRange { get; }

    /// <summary>The address of the bridge, and the default gateway of the containers; null when the network has none.</summary>
    public string? Gateway { get; }

    /// <summary>Addresses that other devices hold, by name; never given out.</summary>
    public TextMap AuxiliaryAddresses { get; }

    /// <summary>Whether the subnet was chosen from the pools; such a network accepts no given addresses (Docker's rule).</summary>
    public bool Automatic { get; }

    /// <summary>How many addresses are held: the gateway's, auxiliary ones, those of endpoints and reserved ones.</summary>
    public int UsedAddresses { get; }

    /// <summary>How many addresses are left to be given automatically; exact up to 2^64 - 1, which stands for all that is more.</summary>
    public ulong FreeAddresses { get; }

    /// <summary>Whether an address lies in the subnet.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public bool Contains(string address) =>
        _subnet.Contains(AddressNumber.Parse(address) ?? throw new FormatException($"'{address}' is not an IPv4 or IPv6 address."));

    /// <summary>The subnet, so that one in a string reads as one.</summary>
    public override string ToString() => Subnet;

    /// <summary>A count that every format of PowerShell keeps: Export-Clixml knows no BigInteger.</summary>
    internal static ulong Saturate(BigInteger count) => count > ulong.MaxValue ? ulong.MaxValue : (ulong)count;
}
