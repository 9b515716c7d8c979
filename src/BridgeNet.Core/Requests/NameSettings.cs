using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>What a user asks of a container's names; text is kept as typed, so that all problems can be reported at once.</summary>
internal sealed record NameRequest
{
    /// <summary>The host name that its programs have; null for the machine's, and the container's name in <c>hosts</c>.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain that the host name is in.</summary>
    public string? DomainName { get; init; }

    /// <summary>Further hosts as <c>NAME:ADDRESS</c> or <c>NAME=ADDRESS</c>; the address may be <c>host-gateway</c>.</summary>
    public IReadOnlyList<string> AddHost { get; init; } = [];

    /// <summary>Name servers in place of the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Domains to search in place of the host's; a single <c>.</c> for none.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Options of the resolver, such as <c>ndots:2</c>, in place of the host's.</summary>
    public IReadOnlyList<string> DnsOption { get; init; } = [];

    /// <summary>What was asked of a container's names when it was made.</summary>
    public static NameRequest Of(ContainerRow container) =>
        new()
        {
            Hostname = container.Hostname,
            DomainName = container.DomainName,
            AddHost = container.AddHost,
            Dns = container.Dns,
            DnsSearch = container.DnsSearch,
            DnsOption = container.DnsOption,
        };
}

/// <summary>A host of the user's.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address; null for the gateway of the container, wherever that is.</param>
internal sealed record AddedHost(string Name, IPAddress? Address);

/// <summary>A <see cref="NameRequest"/> that has been checked.</summary>
internal sealed record NameSettings
{
    /// <summary>Docker's word for the address at which a container reaches its host.</summary>
    private const string HostGateway = "host-gateway";

    public string? Hostname { get; init; }

    public string? DomainName { get; init; }

    public IReadOnlyList<AddedHost> AddedHosts { get; init; } = [];

    public IReadOnlyList<IPAddress> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Reads what was typed; with problems, the result is without what they are about.</summary>
    public static NameSettings Read(NameRequest request, ICollection<Problem> problems)
    {
        if (request.Hostname is not null)
            HostNameRules.CheckHostname(request.Hostname, problems);
        if (request.DomainName is not null)
            HostNameRules.Check("a domain name", request.DomainName, problems);
        if (request.Hostname is { } name && request.DomainName is { } domain && HostNameRules.IsName(name) && HostNameRules.IsName(domain))
            CheckFull($"{name}.{domain}", problems);
        foreach (string search in request.DnsSearch.Where(search => search != "."))
            HostNameRules.Check("a domain to search", WithoutRoot(search), problems);
        foreach (string option in request.DnsOption.Where(option => !HostNameRules.IsResolverOption(option)))
            problems.Add(
                HostNameRules.Invalid(
                    option,
                    $"'{Display.Of(option)}' is no option of the resolver; write one such as ndots:2 or rotate (resolv.conf(5) lists them)."
                )
            );
        return new NameSettings
        {
            Hostname = Valid(request.Hostname),
            DomainName = Valid(request.DomainName),
            AddedHosts = [.. request.AddHost.Select(text => ReadHost(text, problems)).OfType<AddedHost>()],
            Dns = [.. request.Dns.Select(text => ReadServer(text, problems)).OfType<IPAddress>()],
            DnsSearch = [.. request.DnsSearch.Where(search => search == "." || HostNameRules.IsName(WithoutRoot(search)))],
            DnsOptions = [.. request.DnsOption.Where(HostNameRules.IsResolverOption)],
        };
    }

    private static void CheckFull(string name, ICollection<Problem> problems)
    {
        HostNameRules.Check("a host name with its domain", name, problems);
        ReservedNames.CheckOwn(name, problems);
    }

    private static AddedHost? ReadHost(string text, ICollection<Problem> problems)
    {
        // The first separator of the two; an IPv6 address has colons of its own.
        int split = text.IndexOfAny([':', '=']);
        if (split < 0)
        {
            problems.Add(
                HostNameRules.Invalid(
                    text,
                    $"'{Display.Of(text)}' is no host to add; write NAME:ADDRESS, such as db:10.0.0.7 or host:{HostGateway}."
                )
            );
            return null;
        }
        string name = text[..split],
            address = text[(split + 1)..];
        int before = problems.Count;
        if (HostNameRules.Check("the name of an added host", name, problems))
            ReservedNames.CheckAdded(name, problems);
        IPAddress? parsed = HostNameRules.ParseAddress(address is ['[', .. var inner, ']'] ? inner : address);
        if (parsed is null && address != HostGateway)
            problems.Add(
                HostNameRules.Invalid(
                    text,
                    $"'{Display.Of(address)}' is no address for the added host '{Display.Of(name)}'; write an IPv4 or IPv6 address, or {HostGateway}."
                )
            );
        return problems.Count == before ? new AddedHost(name, parsed) : null;
    }

    private static IPAddress? ReadServer(string text, ICollection<Problem> problems)
    {
        IPAddress? server = HostNameRules.ParseAddress(text);
        if (server is null)
            problems.Add(
                HostNameRules.Invalid(text, $"'{Display.Of(text)}' is no address of a name server; write an IPv4 or IPv6 address.")
            );
        return server;
    }

    private static string? Valid(string? name) => name is not null && HostNameRules.IsName(name) ? name : null;

    // "corp.test." is how some write a domain that is not to be completed further.
    private static string WithoutRoot(string domain) => domain.EndsWith('.') ? domain[..^1] : domain;
}
