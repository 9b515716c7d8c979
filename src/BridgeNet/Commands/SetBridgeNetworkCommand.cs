using System.Collections;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Changes;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Changes a network while it is in use: labels, and how its containers reach each other and the world outside.</summary>
/// <remarks>
/// Rules change in one transaction, and connections that the new ones would not let begin are cut. Subnets, gateways and the bridge's name are
/// fixed, for endpoints are built on them; what is fixed is refused with the reason.
/// </remarks>
/// <example><code>Set-BridgeNetwork web -Label @{ env = 'prod' } -RemoveLabel draft</code>Changes labels.</example>
/// <example><code>Set-BridgeNetwork web -Internal $true</code>Cuts it off from the world outside the host.</example>
/// <example><code>Get-BridgeNetwork lab* | Set-BridgeNetwork -InterContainer $false -Mtu 1400 -WhatIf</code>
/// Shows what would be done.</example>
[Cmdlet(VerbsCommon.Set, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class SetBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>Names with wildcards, ids, prefixes of ids, or networks. Of the rows of a table, the columns that are parameters count too; of a network, its identity alone.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <summary>Labels to add or change, as @{ key = 'value' } or 'key=value'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Labels")]
    [TextTable]
    public Hashtable? Label { get; set; }

    /// <summary>Keys of labels to take away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    [ArgumentCompleter(typeof(LabelKeyCompleter))]
    public string[] RemoveLabel { get; set; } = [];

    /// <summary>Whether nothing leaves the network and nothing comes in.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? Internal { get; set; }

    /// <summary>Whether containers of the network reach each other.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? InterContainer { get; set; }

    /// <summary>Whether containers may send as themselves only.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? AntiSpoof { get; set; }

    /// <summary>Whether outgoing packets get an address of the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? Masquerade { get; set; }

    /// <summary>The MTU in bytes, of the bridge and of all endpoints.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Mtu { get; set; }

    /// <summary>How IPv4 is joined to the world outside: Nat, NatUnprotected or Routed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? GatewayMode { get; set; }

    /// <summary>How IPv6 is joined to the world outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? IPv6GatewayMode { get; set; }

    /// <summary>The host's address that outgoing packets get, one for each address family.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] SnatAddress { get; set; } = [];

    /// <summary>Driver options by Docker's keys.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Options")]
    [TextTable]
    [ArgumentCompleter(typeof(OptionKeyCompleter))]
    public Hashtable? Option { get; set; }

    /// <summary>Write the changed network to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            given =>
            {
                Lookup.RefuseOther(given, Noun.Network);
                foreach (NetworkRow network in Lookup.Networks(given))
                    Try(network.Name, () => Change(network, given));
            }
        );

    private void Change(NetworkRow network, GivenObject given)
    {
        // What a network was when it was read is no wish.
        T? Wanted<T>(string parameter, T? value) => given.IsTyped && !IsTyped(parameter) ? default : value;
        NetworkSettings settings = new(network.Id)
        {
            Labels = Wanted(nameof(Label), Label).ToDictionary(),
            RemoveLabels = Given(RemoveLabel),
            Internal = Wanted(nameof(Internal), Internal),
            Options = new DriverOptions(Wanted(nameof(Option), Option))
                .With(NetworkOptions.EnableIcc, Text(Wanted(nameof(InterContainer), InterContainer)), "-InterContainer", network.Name)
                .With(NetworkOptions.AntiSpoof, Text(Wanted(nameof(AntiSpoof), AntiSpoof)), "-AntiSpoof", network.Name)
                .With(NetworkOptions.EnableMasquerade, Text(Wanted(nameof(Masquerade), Masquerade)), "-Masquerade", network.Name)
                .With(NetworkOptions.Mtu, Wanted(nameof(Mtu), Mtu)?.ToString(CultureInfo.InvariantCulture), "-Mtu", network.Name)
                .WithModes(Wanted(nameof(GatewayMode), GatewayMode), Wanted(nameof(IPv6GatewayMode), IPv6GatewayMode), network.Name)
                .WithSnat(Given(Wanted(nameof(SnatAddress), SnatAddress)), network.Name)
                .Checked(),
        };
        if (!Confirmed(network.Name, "Set-BridgeNetwork", () => Engine.DescribeSetNetwork(settings, Context)))
            return;
        Engine.SetNetwork(settings, Context);
        if (PassThru)
            WriteObject(Engine.FindNetwork(network.Id).ToObject());
    }

    private static string? Text(bool? value) =>
        value switch
        {
            true => "true",
            false => "false",
            null => null,
        };
}
