package org.example;

import java.time.Year;

/** Says which years are leap years. */
public final class Calendar {
    public static void main(String[] years) {
        for (String year : years) {
            System.out.println(year + (Year.of(Integer.parseInt(year)).isLeap() ? " has" : " has not") + " 366 days");
        }
    }
}
