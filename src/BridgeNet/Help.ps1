<#
.SYNOPSIS
Writes the module's help file, which Get-Help reads, from the documentation comments of the cmdlets.
.DESCRIPTION
The text comes from bin/BridgeNet.xml: summary, remarks and examples of the class, summaries of the parameters. Links lead to the
cmdlets of the same noun and of the same verb, and to the pages of the manifest's ProjectUri. Everything else comes from the cmdlets
themselves, so this runs in a separate process, after the build. The same sources give the same file.
#>
param(
    [string] $Module = (Join-Path $PSScriptRoot .. .. BridgeNet.psd1),
    [string] $Destination = (Join-Path $PSScriptRoot .. .. en-US BridgeNet.dll-Help.xml)
)
$ErrorActionPreference = 'Stop'
$imported = Import-Module (Resolve-Path $Module) -PassThru
[xml] $comments = Get-Content -Raw (Join-Path $imported.ModuleBase bin BridgeNet.xml)

function Text($node) {
    if (-not $node) { return '' }
    $words = foreach ($part in $node.ChildNodes) { if ($part.Name -eq 'see') { $part.cref -replace '.*\.' } elseif ($part.Name -ne 'code') { $part.InnerText } }
    [Security.SecurityElement]::Escape(((-join $words) -replace '\s+', ' ').Trim())
}
function Comment([string] $name) { $comments.SelectSingleNode("/doc/members/member[@name='$name']") }

$standard = @{
    WhatIf  = 'Shows the steps as equivalent commands, without running them.'
    Confirm = 'Asks for confirmation before the change.'
}
function Parameter($command, $parameter) {
    # Some parameters and their comments are in a base class.
    $owner = $command.ImplementingType.GetProperty($parameter.Name)?.DeclaringType.FullName
    $about = $standard[$parameter.Name] ?? (Text (Comment "P:$owner.$($parameter.Name)").SelectSingleNode('summary'))
    $pipeline = @(if ($parameter.ValueFromPipeline) { 'ByValue' }; if ($parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' }) -join ', '
    $position = $parameter.Position -ge 0 ? $parameter.Position : 'named'
    $globbing = [bool] ($parameter.Attributes | Where-Object { $_ -is [SupportsWildcards] })
    $type = $parameter.ParameterType
    $value = if ($type -ne [switch]) { "<command:parameterValue required=`"true`" variableLength=`"$($type.IsArray)`">$($type.Name)</command:parameterValue>" }
    @"
<command:parameter required="$($parameter.IsMandatory)" variableLength="$($type.IsArray)" globbing="$globbing" pipelineInput="$($pipeline ? "True ($pipeline)" : 'False')" position="$position" aliases="$($parameter.Aliases -join ', ')">
<maml:name>$($parameter.Name)</maml:name><maml:description><maml:para>$about</maml:para></maml:description>$value<dev:type><maml:name>$($type.Name)</maml:name></dev:type>
</command:parameter>
"@
}
function Link([string] $text, [string] $uri) {
    "<maml:navigationLink><maml:linkText>$text</maml:linkText>$($uri ? "<maml:uri>$uri</maml:uri>" : '<maml:uri />')</maml:navigationLink>"
}
# Get-Help -Online opens the first link with an address; the files are in the module's folder too.
function Links($command) {
    Link 'Online version:' "$($imported.ProjectUri)/blob/main/README.md"
    $same = $all | Where-Object Noun -EQ $command.Noun
    $alike = $all | Where-Object { $_.Verb -eq $command.Verb -and $_.Noun -ne $command.Noun }
    foreach ($other in @($same) + @($alike) | Where-Object Name -NE $command.Name) { Link $other.Name }
    Link 'about_BridgeNet'
    foreach ($page in 'ERRORS', 'DIFFERENCES') { Link "docs/$page.md" "$($imported.ProjectUri)/blob/main/docs/$page.md" }
}
function Ours($parameters) { $parameters | Where-Object Name -NotIn ([Management.Automation.Cmdlet]::CommonParameters) }

$all = Get-Command -Module $imported | Sort-Object Name
$commands = foreach ($command in $all) {
    $comment = Comment "T:$($command.ImplementingType.FullName)"
    $sets = $command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name
    $parameters = $sets.Parameters | Group-Object Name | Sort-Object Name | ForEach-Object { $_.Group[0] }
    $inputs = Ours $parameters | Where-Object { $_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName } | ForEach-Object { $_.ParameterType.FullName } | Sort-Object -Unique
    $number = 0
    @"
<command:command>
<command:details><command:name>$($command.Name)</command:name><command:verb>$($command.Verb)</command:verb><command:noun>$($command.Noun)</command:noun>
<maml:description><maml:para>$(Text $comment.SelectSingleNode('summary'))</maml:para></maml:description></command:details>
<maml:description><maml:para>$(Text $comment.SelectSingleNode('remarks'))</maml:para></maml:description>
<command:syntax>$(foreach ($set in $sets) { "<command:syntaxItem><maml:name>$($command.Name)</maml:name>$(Ours $set.Parameters | ForEach-Object { Parameter $command $_ })</command:syntaxItem>" })</command:syntax>
<command:parameters>$(Ours $parameters | ForEach-Object { Parameter $command $_ })</command:parameters>
<command:inputTypes>$(foreach ($name in $inputs) { "<command:inputType><dev:type><maml:name>$name</maml:name></dev:type></command:inputType>" })</command:inputTypes>
<command:returnValues>$(foreach ($name in $command.OutputType.Name) { "<command:returnValue><dev:type><maml:name>$name</maml:name></dev:type></command:returnValue>" })</command:returnValues>
<command:examples>$(foreach ($example in $comment.SelectNodes('example')) {
    $number++
    "<command:example><maml:title>Example $number</maml:title><dev:code>$([Security.SecurityElement]::Escape(($example.SelectSingleNode('code').InnerText -replace '(?m)^[ \t]+').Trim()))</dev:code><dev:remarks><maml:para>$(Text $example)</maml:para></dev:remarks></command:example>"
})</command:examples>
<command:relatedLinks>$(Links $command)</command:relatedLinks>
</command:command>
"@
}
[xml] $help = @"
<?xml version="1.0" encoding="utf-8"?>
<helpItems schema="maml" xmlns="http://msh" xmlns:maml="http://schemas.microsoft.com/maml/2004/10" xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
$($commands -join "`n")
</helpItems>
"@
New-Item -ItemType Directory -Force (Split-Path $Destination) | Out-Null
# Replaced atomically: another PowerShell may be reading it.
$temporary = "$Destination.$PID"
$help.Save((New-Item -Force $temporary).FullName)
Move-Item -Force $temporary $Destination
