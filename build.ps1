#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests and packages the module.
.PARAMETER Task
Build fills bin/, so that Import-Module ./BridgeNet.psd1 works, and generates the help. Test runs all tests. Package creates
artifacts/BridgeNet/<version>, for linux-x64 and linux-arm64, to copy to a folder of PSModulePath or to publish. Clean removes all output.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string] $Task = 'Build'
)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Dotnet {
    dotnet @args
    if ($LASTEXITCODE) { throw "dotnet $args ended with $LASTEXITCODE" }
}

# In a separate process, because a loaded assembly cannot be unloaded. The dotnet tool is a library that dotnet runs.
function Invoke-Script {
    $library = @(if ((Split-Path -Leaf ([Environment]::ProcessPath)) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    & ([Environment]::ProcessPath) @library -NoProfile -File @args
    if ($LASTEXITCODE) { throw "$($args[0]) ended with $LASTEXITCODE" }
}

# The gallery shows the notes of its version; the manifest in the repository only has their address.
function Set-ReleaseNotes([string] $manifest) {
    $version = (Get-Content CHANGELOG.md -Raw) -split '(?m)^## ' | Select-Object -Skip 1 -First 1
    $notes = ($version -split '\n', 2)[1].Trim() -replace "'", "''"
    $text = Get-Content $manifest -Raw
    $filled = [regex]::Replace($text, "(?m)(?<=^\s*ReleaseNotes\s*=\s*)'[^']*'", { "'$notes'" })
    if ($filled -eq $text) { throw "$manifest has no ReleaseNotes to fill" }
    [IO.File]::WriteAllText((Resolve-Path $manifest), $filled)
}

function Build-Package {
    $folder = Join-Path artifacts BridgeNet (Import-PowerShellDataFile BridgeNet.psd1).ModuleVersion
    if (Test-Path $folder) { Remove-Item -Recurse $folder }
    # A portable publish: bin/runtimes holds the libraries of every architecture, and deps.json maps them.
    # Built separately, not into the repository's bin/, which may be in use.
    $bin = Join-Path $folder bin
    Invoke-Dotnet publish src/BridgeNet --configuration Release --output $bin "-p:OutputPath=$(Join-Path $PSScriptRoot artifacts build)/"
    Copy-Item BridgeNet.psd1, BridgeNet.Format.ps1xml, BridgeNet.Types.ps1xml, README.md, SECURITY.md, LICENSE, CHANGELOG.md $folder
    Copy-Item -Recurse en-US $folder -Filter *.txt
    # Documents for developers stay in the repository.
    New-Item -ItemType Directory (Join-Path $folder docs) | Out-Null
    Get-ChildItem docs -File | Where-Object Name -ne ARCHITECTURE.md | Copy-Item -Destination (Join-Path $folder docs)
    Set-ReleaseNotes (Join-Path $folder BridgeNet.psd1)
    Invoke-Script src/BridgeNet/Help.ps1 -Module (Join-Path $folder BridgeNet.psd1) -Destination (Join-Path $folder en-US BridgeNet.dll-Help.xml)
    Get-ChildItem (Join-Path $bin runtimes) | Where-Object Name -NotIn linux-x64, linux-arm64, linux | Remove-Item -Recurse
    Get-ChildItem $bin -File | Where-Object Name -Match '\.(pdb|xml|runtimeconfig\.json)$' | Remove-Item
    "Created $folder"
}

switch ($Task) {
    'Build' {
        Invoke-Dotnet build src/BridgeNet
        Invoke-Script src/BridgeNet/Help.ps1
    }
    'Test' { Invoke-Dotnet test }
    'Package' { Build-Package }
    'Clean' { Remove-Item -Recurse -Force -ErrorAction Ignore bin, artifacts, en-US/*-Help.xml, src/*/obj, src/*/bin, tests/*/obj, tests/*/bin }
}
