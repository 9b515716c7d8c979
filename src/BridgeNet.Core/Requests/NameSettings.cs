using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>The requested name settings of a container, as typed text, so that all problems can be reported together.</summary>
internal sealed record NameRequest
{
    /// <summary>The host name for programs inside; null for the machine's, and the container's name in <c>hosts</c>.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain of the host name.</summary>
    public string? DomainName { get; init; }

    /// <summary>Additional hosts as <c>NAME:ADDRESS</c> or <c>NAME=ADDRESS</c>; the address may be <c>host-gateway</c>.</summary>
    public IReadOnlyList<string> AddHost { get; init; } = [];

    /// <summary>Name servers that replace the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Search domains that replace the host's; a single <c>.</c> for none.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Resolver options that replace the host's, such as <c>ndots:2</c>.</summary>
    public IReadOnlyList<string> DnsOption { get; init; } = [];

    /// <summary>The settings that a container was created with.</summary>
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

/// <summary>A host that the user added.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address; null for the container's gateway, whatever its address.</param>
internal sealed record AddedHost(string Name, IPAddress? Address);

/// <summary>A valid <see cref="NameRequest"/>.</summary>
internal sealed record NameSettings
{
    /// <summary>Docker's word for the address of the host on the container's network.</summary>
    private const string HostGateway = "host-gateway";

    public string? Hostname { get; init; }

    public string? DomainName { get; init; }

    public IReadOnlyList<AddedHost> AddedHosts { get; init; } = [];

    public IReadOnlyList<IPAddress> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Parses the settings; if there are problems, the result lacks the invalid values.</summary>
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
                    $"'{Display.Of(option)}' is not an option of the resolver; write one such as ndots:2 or rotate (resolv.conf(5) lists them)."
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
        // The first of the two separators counts; an IPv6 address contains colons, too.
        int split = text.IndexOfAny([':', '=']);
        if (split < 0)
        {
            problems.Add(
                HostNameRules.Invalid(
                    text,
                    $"'{Display.Of(text)}' is not an added host; write NAME:ADDRESS, such as db:10.0.0.7 or host:{HostGateway}."
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
                    $"'{Display.Of(address)}' is not an address for the added host '{Display.Of(name)}'; write an IPv4 or IPv6 address, or {HostGateway}."
                )
            );
        return problems.Count == before ? new AddedHost(name, parsed) : null;
    }

    private static IPAddress? ReadServer(string text, ICollection<Problem> problems)
    {
        IPAddress? server = HostNameRules.ParseAddress(text);
        if (server is null)
            problems.Add(
                HostNameRules.Invalid(text, $"'{Display.Of(text)}' is not the address of a name server; write an IPv4 or IPv6 address.")
            );
        return server;
    }

    private static string? Valid(string? name) => name is not null && HostNameRules.IsName(name) ? name : null;

    // "corp.test.", with a dot at the end, is a fully qualified domain.
    private static string WithoutRoot(string domain) => domain.EndsWith('.') ? domain[..^1] : domain;
}
