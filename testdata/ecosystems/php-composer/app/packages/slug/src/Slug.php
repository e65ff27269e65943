<?php

namespace Slug;

final class Slug
{
    public static function of(string $title): string
    {
        return trim(preg_replace('/[^a-z0-9]+/', '-', mb_strtolower($title)), '-');
    }
}
